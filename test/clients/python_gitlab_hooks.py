"""Drives a server with python-gitlab: system hooks, hooks of a project and of a group, made, changed, listed, tried and
deleted. Prints one line of JSON."""

import json
import os
import sys

import gitlab

url, receiver = sys.argv[1:3]
root = gitlab.Gitlab(url, private_token=os.environ["ROOT_TOKEN"])
seen = {}

hook = root.hooks.create({"url": receiver, "token": "secret", "push_events": True})
seen["system"] = [(one.url, one.push_events, one.repository_update_events) for one in root.hooks.list()]
seen["get"] = root.hooks.get(hook.id).id == hook.id
hook.delete()
seen["left"] = len(root.hooks.list())

project = root.projects.create({"name": "Shop", "initialize_with_readme": True})
mine = project.hooks.create(
    {"url": receiver, "pipeline_events": True, "custom_headers": [{"key": "X-Colour", "value": "green"}]}
)
mine.job_events = True
mine.push_events_branch_filter = "release/*"
mine.save()
again = project.hooks.get(mine.id)
seen["project"] = [
    again.push_events,
    again.pipeline_events,
    again.job_events,
    again.push_events_branch_filter,
    again.custom_headers,
]
try:
    project.hooks.create({"url": "http://169.254.169.254/"})
except gitlab.exceptions.GitlabCreateError as error:
    seen["refused"] = [error.response_code, str(error.error_message)]

group = root.groups.create({"name": "Crew", "path": "crew"})
group.hooks.create({"url": receiver, "subgroup_events": True})
seen["group"] = [(one.url, one.subgroup_events) for one in group.hooks.list()]
print(json.dumps(seen))
