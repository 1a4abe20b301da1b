"""Texts that are not UTF-8 are read in the encoding that their letters speak for."""

import json
from collections.abc import Iterator

import pytest

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.documents.encodings import decode, prefer
from tests.support.work import calls

TEXTS = {
    "gbk": ("订单已确认，等待审批", "请审核这份草稿。", "系统提示：磁盘空间不足", "下午三点召开周例会", "贵州茅台"),
    "gb18030": ("订单已确认，等待审批€",),
    "cp949": ("주문을 확인했습니다", "안녕하세요", "파란 셔츠는 품절입니다", "서울"),
    "cp932": ("注文が確定しました", "ありがとう", "株式会社", "ディスク容量不足", "東京"),
    "big5": ("訂單已確認，等待審批", "系統提示：磁碟空間不足", "請於週五前提交季報"),
    "cp1250": ("Zamówienie potwierdzone, proszę czekać", "Schůzka začíná v pět", "A megbeszélés délután kezdődik"),
    "cp1251": ("Заказ подтверждён", "Привет", "Дуже дякую, зустріч о третій"),
    "cp1252": ("Die Sitzung beginnt um fünfzehn Uhr", "Café crème à Paris", "“quoted” – text", "La reunión empezará",
               "Fundurinn hefst klukkan þrjú síðdegis á morgun, það er allt í góðu"),
    "cp1253": ("Η παραγγελία επιβεβαιώθηκε", "Ευχαριστώ"),
    "cp1254": ("Toplantı saat üçte başlıyor", "Teşekkür ederim", "Sipariş onaylandı, bekleniyor"),
    "cp1255": ("ההזמנה אושרה", "שלום"),
    "cp1256": ("تم تأكيد الطلب", "شكرا جزيلا"),
    "cp1257": ("Susitikimas prasidės trečią valandą", "Užsakymas patvirtintas, laukiama šį"),
    "cp874": ("การประชุมเริ่มบ่ายสาม",),
}  # fmt: skip
EACH = [(name, text) for name, texts in TEXTS.items() for text in texts]


@pytest.fixture(autouse=True)
def no_preference() -> Iterator[None]:
    yield
    prefer("")


def document(text: str) -> str:
    return json.dumps({"workflow_name": "orders", "state": {"text": text}}, indent=2, ensure_ascii=False)


class TestTheLikeliest:
    @pytest.mark.parametrize(("name", "text"), EACH)
    def test_a_text_of_a_windows_is_read_as_it_was_written(self, name: str, text: str) -> None:
        found = parse(document(text).encode(name))
        assert found.value == {"workflow_name": "orders", "state": {"text": text}}
        assert found.notes[0].startswith("not UTF-8; read as ")

    def test_the_note_says_that_it_is_a_guess_and_names_the_encoding(self) -> None:
        [note] = parse(document("주문을 확인했습니다").encode("cp949")).notes
        assert "most likely cp949" in note

    def test_a_long_text_is_judged_by_its_beginning(self) -> None:
        data = document("订单已确认，等待审批。" * 200_000).encode("gbk")
        found = decode(data)
        assert found is not None
        assert found.encoding == "gbk"


class TestWideTexts:
    @pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
    @pytest.mark.parametrize("text", ["订单", "plain"])
    def test_a_byte_order_mark_is_not_needed(self, name: str, text: str) -> None:
        found = parse(document(text).encode(name))
        assert found.value == {"workflow_name": "orders", "state": {"text": text}}
        assert found.notes == (f"written as {name.upper()}; the framework reads only UTF-8",)


class TestDamagedTexts:
    def test_one_damaged_byte_leaves_the_rest_as_utf_8(self) -> None:
        data = document("订单已确认，等待审批").encode()
        at = data.index("已".encode())
        found = parse(data[:at] + b"\xff" + data[at + 1 :])
        assert found.value["state"]["text"].startswith("订单\ufffd")
        assert found.value["state"]["text"].endswith("等待审批")
        assert found.notes[0].startswith(f"damaged UTF-8: 1 place is unreadable, the first at byte {at:,}")

    def test_a_file_that_ends_within_a_character_is_cut_off(self) -> None:
        data = document("订单").encode()
        with pytest.raises(DocumentFault, match="cut off") as caught:
            parse(data[: data.index("单".encode()) + 1])
        assert caught.value.kind == "truncated"


class TestAPreference:
    def test_decides_whatever_the_letters_say(self) -> None:
        prefer("cp1251")
        found = parse(document("Größe").encode("cp1252"))
        assert found.value["state"]["text"] == "GrцЯe"
        assert found.notes == ("not UTF-8; read as cp1251, as --encoding says",)

    def test_that_does_not_fit_is_said(self) -> None:
        prefer("cp932")
        with pytest.raises(DocumentFault, match="not cp932 either"):
            parse(b'{"a": "\x81"}')

    def test_leaves_utf_8_alone(self) -> None:
        prefer("cp1251")
        assert parse(document("订单").encode()).notes == ()

    def test_an_encoding_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(LookupError):
            prefer("nix")


def test_a_damaged_byte_beside_a_line_of_a_million_characters_takes_work_in_proportion() -> None:
    def work(length: int) -> int:
        data = b'{"a": "\xff", "b": "' + b"B" * length + b'"}'
        assert decode(data) is not None
        return calls(lambda: decode(data))

    assert work(1_000_000) < 2.5 * work(500_000)
