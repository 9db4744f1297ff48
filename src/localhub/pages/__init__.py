"""Web pages of the local Hub, for people; without JavaScript, and without a request to any other machine."""

from localhub.pages.routes import problem, routes

__all__ = ["problem", "routes"]
