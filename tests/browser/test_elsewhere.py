"""Journeys whose runs stand on a worker process: the same as where they stand in the server's own."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.browser import test_compare, test_exploring, test_journeys, test_learn, test_series, test_slow, test_text
from tests.browser.conftest import Open
from tests.browser.harness import Server, serve
from tests.workers import needs_dask
from ui.run.places import WORKERS

JOURNEYS = (
    test_journeys.test_play_pause_step_reset_by_button_and_by_key,
    test_exploring.test_what_if_changes_every_number_undo_brings_them_back_and_a_step_drops_it,
    test_slow.test_every_stage_by_buttons_and_keys_and_the_result_is_a_steps,
    test_learn.test_a_weight_set_by_hand_is_what_the_check_reads,
    test_text.test_what_is_typed_presses_no_button_and_a_unit_colours_the_text,
    test_compare.test_all_learn_at_a_touch_in_step_stand_still_and_start_again,
    test_series.test_the_future_is_forecast_by_keyboard_nothing_is_held_out_in_it_and_no_label_covers_a_counter,
)


@pytest.fixture(scope="module")
def with_a_worker(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with one. Skips where there is no dask.distributed; fails where CI=true."""
    needs_dask()
    with serve(tmp_path_factory.mktemp("workers") / "log", environment={WORKERS: "1"}) as running:
        yield running
        printed = running.printed()
        assert "runs are trained in this process" not in printed and "Traceback" not in printed, printed


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__.removeprefix("test_"))
def test_a_journey_is_the_same_where_runs_stand_on_a_worker(journey: Open, visit: Open, with_a_worker: Server):
    journey(partial(visit, on=with_a_worker))
