"""Documents that a JSON Schema allows."""

from typing import Any

from hypothesis import strategies as st

_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_NAMES = st.sampled_from(["z2", "dL/dw1", "w", "w1_1_1_new", "mine", "E", "L", "yhat_1", "x@1", "final.loss"]) | _ANY


def documents(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Give a strategy for what a schema allows: its `$defs` are looked up, its bounds kept."""
    return _Drawing(schema.get("$defs", {})).of(schema)


class _Drawing:
    def __init__(self, known: dict[str, Any]) -> None:
        self._known = known
        self._made: dict[str, st.SearchStrategy[Any]] = {}

    def of(self, schema: Any) -> st.SearchStrategy[Any]:
        """Turn one schema into a strategy."""
        if "$ref" in schema:
            return self._named(schema["$ref"].removeprefix("#/$defs/"))
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        ways = schema.get("anyOf") or schema.get("oneOf")
        if ways:
            return st.one_of(*(self.of(way) for way in ways))
        found: st.SearchStrategy[Any] = getattr(self, f"_{schema['type']}")(schema)
        return found

    def _named(self, name: str) -> st.SearchStrategy[Any]:
        # A definition may mention itself.
        if name not in self._made:
            self._made[name] = st.deferred(lambda: self.of(self._known[name]))
        return self._made[name]

    def _object(self, schema: Any) -> st.SearchStrategy[Any]:
        fields = {key: self.of(value) for key, value in schema.get("properties", {}).items()}
        if fields or not schema["additionalProperties"]:
            needed = set(schema.get("required", ()))
            return st.fixed_dictionaries(
                {key: value for key, value in fields.items() if key in needed},
                optional={key: value for key, value in fields.items() if key not in needed},
            )
        unfit = schema.get("propertyNames", {}).get("not", {})
        names = _NAMES.filter(lambda name: name not in unfit.get("enum", ()) and name != unfit.get("const"))
        least, most = schema.get("minProperties", 0), schema.get("maxProperties", 3)
        return st.dictionaries(names, self.of(schema["additionalProperties"]), min_size=least, max_size=most)

    def _array(self, schema: Any) -> st.SearchStrategy[Any]:
        least = schema.get("minItems", 0)
        return st.lists(self.of(schema["items"]), min_size=least, max_size=least + 2)

    def _string(self, schema: Any) -> st.SearchStrategy[Any]:
        if "pattern" in schema:
            return st.from_regex(schema["pattern"]).filter(lambda text: len(text) < 40)
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
        return (_NAMES if most > 1 else st.characters(exclude_categories=["Cs"])).filter(
            lambda text: len(text) >= least
        )

    def _integer(self, schema: Any) -> st.SearchStrategy[Any]:
        low, high = schema.get("minimum"), schema.get("maximum")
        if "exclusiveMinimum" in schema:
            low = schema["exclusiveMinimum"] + 1
        # Small ones are what most networks are made of.
        return st.integers(low, high) | st.integers(low or 0, (low or 0) + 2)

    def _number(self, schema: Any) -> st.SearchStrategy[Any]:
        low = schema.get("exclusiveMinimum", schema.get("minimum"))
        high = schema.get("exclusiveMaximum", schema.get("maximum"))
        return st.floats(
            low, high, allow_nan=False, allow_infinity=False,
            exclude_min="exclusiveMinimum" in schema, exclude_max="exclusiveMaximum" in schema,
        )  # fmt: skip

    def _boolean(self, _schema: Any) -> st.SearchStrategy[Any]:
        return st.booleans()

    def _null(self, _schema: Any) -> st.SearchStrategy[Any]:
        return st.none()
