"""QR codes, as pictures that a page may show."""

from __future__ import annotations


def picture(text: str) -> str:
    """The QR code of a text as SVG in a `data:` address, black on white with its quiet zone."""
    import segno

    code = segno.make(text, error="m", micro=False)
    address: str = code.svg_data_uri(scale=5, border=4, light="#fff", omitsize=False)
    return address
