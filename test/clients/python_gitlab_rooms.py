"""Drives a server with python-gitlab: group, subgroup, project, members, variables, tokens, protected branch, read
back from the server each time. Prints one line of JSON."""

import json
import os
import sys

import gitlab

url = sys.argv[1]
root = gitlab.Gitlab(url, private_token=os.environ["ROOT_TOKEN"])
root.auth()
seen = {}

group = root.groups.create({"name": "Acme", "path": "acme"})
web = root.groups.create({"name": "Web", "path": "web", "parent_id": group.id})
seen["groups"] = sorted(one.full_path for one in root.groups.list())
seen["subgroups"] = [one.full_path for one in root.groups.get("acme").subgroups.list()]

project = root.projects.create({"name": "Shop", "path": "shop", "namespace_id": web.id})
seen["project"] = root.projects.get("acme/web/shop").path_with_namespace

user = root.users.create(
    {"username": "mia", "name": "Mia", "email": "mia@example.com", "password": "correct horse"}
)
group.members.create({"user_id": user.id, "access_level": gitlab.const.DEVELOPER_ACCESS})
project.members.create({"user_id": user.id, "access_level": gitlab.const.MAINTAINER_ACCESS})
seen["members"] = [(one.username, one.access_level) for one in project.members.list()]
seen["inherited"] = sorted(
    (one.username, one.access_level) for one in web.members_all.list() if one.username == "mia"
)

group.variables.create({"key": "REGION", "value": "north"})
project.variables.create({"key": "TOKEN", "value": "long-enough-1", "masked": True, "protected": True})
seen["variables"] = [
    (one.key, one.value, one.masked, one.protected) for one in project.variables.list()
]
seen["group variables"] = [(one.key, one.value) for one in group.variables.list()]

trigger = project.triggers.create({"description": "from outside"})
seen["triggers"] = [(one.description, one.token == trigger.token) for one in project.triggers.list()]
robot = project.access_tokens.create({"name": "robot", "scopes": ["api"], "access_level": 30})
seen["tokens"] = [one.name for one in project.access_tokens.list()]
assert robot.token.startswith("glpat-")

project.protectedbranches.create(
    {"name": "release/*", "push_access_level": 40, "merge_access_level": 30}
)
found = project.protectedbranches.get("release/*")
seen["protected"] = [
    found.name,
    [one["access_level"] for one in found.push_access_levels],
    [one["access_level"] for one in found.merge_access_levels],
]
print(json.dumps(seen))
