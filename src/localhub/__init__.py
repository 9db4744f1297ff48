"""A Hub on 127.0.0.1 that the official clients accept: accounts, repositories, LFS, Xet and a page per repository."""
