"""The description of the API: examples that fit their models, permissions and errors on every route."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from scribe.web.schemas import codes, encounters, note, signing, transcript
from scribe.web.schemas.common import In

MODELS = [
    model
    for module in (codes, encounters, note, signing, transcript)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and (model.model_config.get("json_schema_extra"))
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_example_fits_its_model(model: type[BaseModel]) -> None:
    extra = model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    (example,) = extra["examples"]
    assert issubclass(model, In)
    assert model.model_config["extra"] == "forbid"
    model.model_validate(example)


def test_every_route_of_ours_is_described(app: Any) -> None:
    ours = ("encounters", "transcript", "note", "codes", "sign-off", "history", "documents", "comments", "jobs")
    paths = app.openapi()["paths"]
    routes = [route for path in paths.values() for route in path.values() if set(route.get("tags", ())) & set(ours)]
    assert len(routes) > 35
    for route in routes:
        assert route["summary"]
        assert route["description"]
        answers = {status for status in route["responses"] if status < "300"}
        assert answers, route["operationId"]
