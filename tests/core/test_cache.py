"""A cache that is bounded by the weight and the number of what it keeps."""

from ckpt_tui.core.cache import Cache, SharedCache


def kept(cache: Cache[str, str], keys: str) -> str:
    return "".join(key for key in keys if cache.get(key) is not None)


def test_what_was_used_longest_ago_makes_room() -> None:
    cache = Cache[str, str](3)
    for key in "abc":
        cache.put(key, key)
    assert cache.get("a") == "a"
    cache.put("d", "d")
    assert (kept(cache, "abcd"), len(cache)) == ("acd", 3)


def test_weights_are_added_and_taken_away_again() -> None:
    cache = Cache[str, str](10, len)
    cache.put("a", "x" * 6)
    cache.put("b", "x" * 4)
    assert kept(cache, "ab") == "ab"
    cache.put("a", "x")
    cache.put("c", "x" * 5)
    assert kept(cache, "abc") == "abc"
    cache.drop("b")
    cache.drop("b")
    cache.put("d", "x", weight=4)
    assert kept(cache, "abcd") == "acd"
    cache.put("e", "x" * 10)
    assert kept(cache, "abcde") == "e"
    cache.clear()
    cache.put("a", "x" * 10)
    assert kept(cache, "ae") == "a"


def test_a_value_heavier_than_all_may_weigh_is_not_kept_and_drives_nothing_out() -> None:
    cache = Cache[str, str](10, len)
    cache.put("a", "x")
    cache.put("b", "x" * 11)
    assert kept(cache, "ab") == "a"


def test_so_many_are_kept_whatever_they_weigh_and_no_more_than_the_count() -> None:
    cache = Cache[str, str](10, len, count=3, least=2)
    for key in "abc":
        cache.put(key, "x" * 11)
    assert kept(cache, "abc") == "bc"
    for key in "defg":
        cache.put(key, "x")
    assert kept(cache, "bcdefg") == "efg"


def test_a_value_that_is_false_is_a_value() -> None:
    cache = Cache[str, int](1)
    cache.put("a", 0)
    assert cache.get("a") == 0


def test_of_two_generations_what_is_used_stays_and_what_is_not_goes() -> None:
    cache = SharedCache[int, str](20)
    for number in range(50):
        cache.put(number, str(number), 1)
        assert cache.get(0) == "0"
    assert cache.get(20) is None
    assert cache.get(49) == "49"


def test_a_value_that_weighs_too_much_is_not_shared() -> None:
    cache = SharedCache[int, str](20)
    cache.put(1, "x", 11)
    assert cache.get(1) is None
