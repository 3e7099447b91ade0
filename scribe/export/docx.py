"""A note as a Word document (Office Open XML), made with python-docx; it can be edited, so the PDF is the one to file.

Headings, lists and tables are real ones, so that Word's navigation and a screen reader find them. The letterhead is the
header of the first page; each further page repeats whom the note is about.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scribe.export.html import TEMPLATES
from scribe.export.paper import NOTHING, Paper, Part, Words, clean, line, moment, signed_by
from scribe.types import Note, Signature, Transcript
from scribe.view import Form, NoteView

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.text.paragraph import Paragraph

FONT = "Arial"
BLUE, GREY, RED = "1F3A5F", "444444", "8A1F11"
SIZES = {"letter": (215.9, 279.4), "a4": (210.0, 297.0)}  # mm
MARGIN = 20.0  # mm
LOGO_HEIGHT = 16.0  # mm
CELL_MARGIN = 108  # twentieths of a point, as Word sets it: the lines of tables begin where text does
KEPT_ROWS = 12  # a table of so many rows stays on one page
HEADINGS = ((17, "111111", 6), (12, BLUE, 14), (10.5, "111111", 8), (10, GREY, 6))  # points, colour, points before
OWN_STYLES = (("Banner", 10.5, RED), ("Remark", 9, GREY), ("Small", 8, GREY), ("Practice", 15, BLUE))
WATERMARK = TEMPLATES / "watermark.xml"  # WordArt in VML, as Word itself puts it behind the text


class Docx:
    """Letterhead, fields, the note, accepted codes, signatures and addenda; a watermark until it is signed."""

    suffix = ".docx"
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The document."""
        import docx

        paper = Paper(note, transcript, view)
        document = docx.Document()
        _properties(document, paper)
        _styles(document)
        _pages(document, paper)
        _head(document, paper)
        for part in paper.parts:
            _part(document, part)
        if paper.is_empty:
            document.add_paragraph(NOTHING, "Remark")
        if paper.left_out:
            document.add_paragraph(paper.left_out, "Remark")
        _codes(document, paper)
        for signature in paper.signatures:
            _signature(document, signature)
        for addendum in paper.note.addenda:
            document.add_heading(f"Addendum, {moment(addendum.signature.at)}", 2)
            for text in clean(addendum.text).splitlines():
                document.add_paragraph(text)
            _signature(document, addendum.signature)
        made = io.BytesIO()
        document.save(made)
        return made.getvalue()


def _properties(document: Doc, paper: Paper) -> None:
    """No name of a patient: these are shown in file lists and search results."""
    properties = document.core_properties
    properties.title, properties.author, properties.comments = paper.title, "scribe", ""
    properties.language = line(paper.transcript.language)


def _styles(document: Doc) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt, RGBColor

    normal = document.styles["Normal"]
    _font(normal, 10.5)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.1
    for level, (points, colour, before) in enumerate(HEADINGS, start=1):
        heading = document.styles[f"Heading {level}"]
        _font(heading, points)
        heading.font.bold, heading.font.italic = True, False
        heading.font.color.rgb = RGBColor.from_string(colour)
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(before), Pt(3)
        heading.paragraph_format.keep_with_next = True
    _rule(document.styles["Heading 2"].element.get_or_add_pPr(), "bottom", "999999")
    for name, points, colour in (
        ("Banner", 10.5, RED),
        ("Remark", 9, GREY),
        ("Small", 8, GREY),
        ("Practice", 15, BLUE),
    ):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _font(style, points)
        style.font.color.rgb = RGBColor.from_string(colour)
        style.font.bold = name in ("Banner", "Practice")
        style.paragraph_format.space_after = Pt(8 if name == "Banner" else 2)
    banner = document.styles["Banner"].paragraph_format
    banner.left_indent = banner.right_indent = Mm(1.5)
    for side in ("top", "left", "bottom", "right"):
        _rule(document.styles["Banner"].element.get_or_add_pPr(), side, RED, size=8, space=4)
    for name in ("List Bullet", "List Bullet 2", "List Number"):
        document.styles[name].paragraph_format.space_after = Pt(2)


def _font(style: Any, points: float) -> None:
    """One font for every script, also for those that Word keeps apart."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = FONT, Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def _rule(properties: Any, side: str, colour: str, *, size: int = 6, space: int = 1) -> None:
    """A line at one side of a paragraph; `size` in eighths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", str(space)), ("color", colour)):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)


def _pages(document: Doc, paper: Paper) -> None:
    """Size and margins, the letterhead on the first page, whom it is about on the others, page numbers, watermark."""
    from docx.oxml import parse_xml
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in SIZES[paper.letter.paper])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    _letterhead(section.first_page_header, paper)
    running = section.header.paragraphs[0]
    running.style, running.text = "Small", paper.running
    _rule(running._p.get_or_add_pPr(), "bottom", "999999")
    for footer in (section.first_page_footer, section.footer):
        _footer(footer.paragraphs[0], paper)
    if paper.watermark:
        width = 420 if len(paper.watermark) > len("DRAFT") else 330
        for number, header in enumerate((section.first_page_header, section.header), start=1):
            mark = WATERMARK.read_text(encoding="utf-8").format(
                number=number, spid=2048 + number, text=paper.watermark, width=width
            )
            header.paragraphs[0]._p.append(parse_xml(mark))


def _letterhead(header: Any, paper: Paper) -> None:
    """Name and address at the left, the logo at the right, a line below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    practice = paper.letter.practice
    if practice is None:
        return
    width = SIZES[paper.letter.paper][0] - 2 * MARGIN
    table = header.add_table(1, 2, Mm(width))
    _widths(table, (width * 0.65, width * 0.35))
    text, picture = table.rows[0].cells
    text.paragraphs[0].style, text.paragraphs[0].text = "Practice", line(practice.name)
    for address in practice.lines:
        text.add_paragraph(line(address), "Small")
    if practice.logo:
        picture.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        picture.paragraphs[0].add_run().add_picture(io.BytesIO(practice.logo), height=Mm(LOGO_HEIGHT))
    closing = header.add_paragraph("", "Small")
    _rule(closing._p.get_or_add_pPr(), "top", BLUE, size=10)


def _footer(paragraph: Paragraph, paper: Paper) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    paragraph.style = "Small"
    width = SIZES[paper.letter.paper][0] - 2 * MARGIN
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(width), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{paper.foot}\tPage ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that Word fills in."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {name} ")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _head(document: Doc, paper: Paper) -> None:
    document.add_heading(paper.title, 1)
    if paper.banner:
        document.add_paragraph(paper.banner, "Banner")
    if paper.fields:
        rows = (len(paper.fields) + 1) // 2
        table = document.add_table(rows, 2)
        table.style = "Table Grid"
        for at, (name, value) in enumerate(paper.fields):
            paragraph = table.cell(at // 2, at % 2).paragraphs[0]
            paragraph.add_run(f"{name}: ")
            paragraph.add_run(value).bold = True
        _quiet(table)
        document.add_paragraph("", "Small")
    for remark in paper.remarks:
        document.add_paragraph(remark, "Remark")


def _part(document: Doc, part: Part) -> None:
    if part.heading:
        document.add_heading(part.heading, part.level + 1)
    if part.empty:
        document.add_paragraph(part.empty, "Remark")
    if part.form is Form.TABLE and part.lines:
        _table(document, part.columns, [item.cells for item in part.lines])
        return
    number = 0
    for item in part.lines:
        if part.form is Form.PROSE:
            _said(document.add_paragraph(), item.words)
        elif part.form is Form.LINES:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{item.label}: ").bold = True
            _said(paragraph, item.words)
        elif part.form is Form.PROBLEMS and item.depth == 0:
            number += 1
            _problem(document.add_paragraph(), number, item.words)
        else:
            _said(document.add_paragraph(style="List Bullet 2" if item.depth else "List Bullet"), item.words)


def _problem(paragraph: Paragraph, number: int, words: Sequence[Words]) -> None:
    """Numbered by us: Word's own numbering would go on from one list to the next."""
    from docx.shared import Mm, Pt

    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(6), Mm(-6)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(6))
    paragraph.paragraph_format.space_before = Pt(5)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(f"{number}.\t").bold = True
    _said(paragraph, words, bold=True)


def _said(paragraph: Paragraph, words: Sequence[Words], *, bold: bool = False) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    for piece in words:
        run = paragraph.add_run(piece.text)
        run.bold, run.italic = bold or None, piece.aside or None
        if piece.unsure:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
            mark = paragraph.add_run("?")
            mark.font.superscript = True


def _table(
    document: Doc,
    columns: Sequence[str],
    rows: Sequence[Sequence[Sequence[Words]]],
    widths: Sequence[float] = (),
) -> None:
    """A table whose first row is repeated on each page; one of a few rows is not cut by the end of a page."""
    from docx.oxml import OxmlElement

    table = document.add_table(1, len(columns))
    table.style = "Table Grid"
    for cell, name in zip(table.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].style = "Small"
        cell.paragraphs[0].add_run(name).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            _said(cell.paragraphs[0], words)
    for made in table.rows:
        made._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
    for made in table.rows[:-1] if len(rows) <= KEPT_ROWS else table.rows[:1]:
        for cell in made.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    if widths:
        _widths(table, widths)
    _quiet(table)
    document.add_paragraph("", "Small")


def _widths(table: Any, widths: Sequence[float]) -> None:
    """Columns of these widths (mm), whatever stands in them."""
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _quiet(table: Any) -> None:
    """Fine grey lines and tight cells."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Pt

    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="BBBBBB"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = table._tbl.tblPr
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")
    indent = parse_xml(f'<w:tblInd {nsdecls("w")} w:w="{CELL_MARGIN}" w:type="dxa"/>')
    for item in (indent, borders):
        properties.insert_element_before(item, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _codes(document: Doc, paper: Paper) -> None:
    if not paper.codes:
        return
    document.add_heading("Codes", 2)
    rows = [[(Words(code),), (Words(meaning),), (Words(system),)] for system, code, meaning in paper.codes]
    width = SIZES[paper.letter.paper][0] - 2 * MARGIN
    _table(document, ("Code", "Meaning", "System"), rows, (28, width - 58, 30))


def _signature(document: Doc, signature: Signature) -> None:
    """In a frame of its own, which no page break cuts."""
    from docx.shared import Mm, Pt

    made = [
        document.add_paragraph(),
        document.add_paragraph(line(signature.attestation)),
        document.add_paragraph(f"SHA-256 {line(signature.sha256)}", "Small"),
    ]
    made[0].add_run(signed_by(signature)).bold = True
    made[0].paragraph_format.space_before = Pt(12)
    for paragraph in made:
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(1.5)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = paragraph is not made[-1]
        for side in ("top", "left", "bottom", "right"):
            _rule(paragraph._p.get_or_add_pPr(), side, BLUE, space=4)
