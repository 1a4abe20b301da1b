"""What is bought, and what is asked."""

from dataclasses import dataclass


@dataclass
class Basket:
    items: list[str]


@dataclass
class Question:
    basket: Basket
    text: str = "pay?"
