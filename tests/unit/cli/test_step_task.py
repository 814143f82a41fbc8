from __future__ import annotations

from copy import deepcopy

import tasks


def test_each_copy_of_an_option_has_a_value_of_its_own() -> None:
    arguments = {argument.name: argument for argument in tasks.status.get_arguments()}
    for name, values in {"edge": ("1", "2"), "platform": ("one", "two")}.items():
        first, second = deepcopy(arguments[name]), deepcopy(arguments[name])
        first.value, second.value = values
        assert (first.value, second.value) == values
        assert arguments[name].value is None


def test_an_option_that_may_be_typed_several_times_collects_what_was_typed_of_one_call() -> None:
    several = next(
        argument
        for task in vars(tasks).values()
        if hasattr(task, "get_arguments")
        for argument in task.get_arguments()
        if argument.kind is list
    )
    first, second = deepcopy(several), deepcopy(several)
    first.value = "one"
    first.value = "two"
    assert (first.value, second.value, several.value) == (["one", "two"], [], [])


def test_no_task_takes_what_invoke_takes_as_the_wish_for_a_list_or_for_help() -> None:
    names = {name: set(tasks.namespace[name].options) for name in tasks.namespace.task_names}
    assert {
        name: found for name, options in names.items() if (found := options & {"list", "help", "version"})
    } == {}
