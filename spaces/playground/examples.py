"""Example inputs of the playground."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """Code around a cursor. With a suffix, the example fills in the middle."""

    name: str
    language: str
    prefix: str
    suffix: str = ""


EXAMPLES = (
    Example(
        "Flask route",
        "Python",
        """from flask import Flask, abort, jsonify

app = Flask(__name__)
BOOKS = {1: {"title": "Emma"}, 2: {"title": "Persuasion"}}


@app.route("/books/<int:book_id>")
def book(book_id):
""",
    ),
    Example(
        "Unclosed JavaScript function",
        "JavaScript",
        """function total(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price * item.count;
""",
    ),
    Example(
        "Java DAO method (middle)",
        "Java",
        """import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

public class UserDao {
    private final Connection connection;

    public UserDao(Connection connection) {
        this.connection = connection;
    }

    public String findName(long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT name FROM users WHERE id = ?")) {
""",
        """
        }
    }
}
""",
    ),
    Example(
        "df.groupby",
        "Python",
        """import pandas as pd

df = pd.read_csv("sales.csv", parse_dates=["date"])

# revenue of each region, the largest first
by_region = df.groupby(""",
    ),
)
