"""Drives the life of a pipeline schedule with python-gitlab, read back from the server each time. Prints one line of
JSON. Arguments: address, project."""

import json
import os
import sys

import gitlab

url, project_id = sys.argv[1:]
seen = {}


def project_as(name):
    return gitlab.Gitlab(url, private_token=os.environ[name]).projects.get(project_id)


owned = project_as("OWNER_TOKEN")
made = owned.pipelineschedules.create(
    {"description": "Nightly", "ref": "main", "cron": "0 1 * * *", "cron_timezone": "Asia/Tokyo"}
)
seen["created"] = [made.ref, made.active, made.owner["username"]]

made.cron = "0 2 * * *"
made.description = "Weekly"
made.save()
owned.pipelineschedules.update(made.id, {"active": False})
shown = owned.pipelineschedules.get(made.id)
seen["updated"] = [shown.description, shown.cron, shown.cron_timezone, shown.active]
seen["listed"] = {
    scope: [one.description for one in owned.pipelineschedules.list(scope=scope)]
    for scope in ("active", "inactive")
}

shown.variables.create({"key": "WHO", "value": "me"})
shown.variables.create({"key": "FILE", "value": "text", "variable_type": "file"})
shown.variables.update("WHO", {"value": "you"})
seen["variables"] = [
    [one["key"], one["value"], one["variable_type"]]
    for one in owned.pipelineschedules.get(made.id).attributes["variables"]
]
shown.variables.delete("FILE")
seen["left"] = [one["key"] for one in owned.pipelineschedules.get(made.id).attributes["variables"]]

shown.play()
path = f"/projects/{project_id}/pipeline_schedules/{made.id}/pipelines"
pipelines = list(owned.manager.gitlab.http_list(path, iterator=True))
seen["pipelines"] = [[one["source"], one["status"]] for one in pipelines]
seen["last"] = owned.pipelineschedules.get(made.id).last_pipeline["id"] == pipelines[-1]["id"]

taken = project_as("MAINTAINER_TOKEN").pipelineschedules.get(made.id)
try:
    taken.description = "Not mine"
    taken.save()
except gitlab.exceptions.GitlabUpdateError as error:
    seen["refused"] = [error.response_code, error.error_message]
taken.take_ownership()
seen["owner"] = owned.pipelineschedules.get(made.id).owner["username"]

taken.delete()
seen["end"] = len(owned.pipelineschedules.list())
print(json.dumps(seen))
