-- Hooks that cause themselves: what a request says it was made because of (X-Gitlab-Event-UUID) stays with its facts, and
-- whoever is told of those is told under the same UUID.

alter table outbox add column cause uuid;
-- The last event that anybody can have been told of when the request began.
alter table outbox add column caused_after bigint;
alter table outbox add check ((cause is null) = (caused_after is null));

alter table events add column cause uuid;

-- One of its own, or the cause of its event: who has been told under it is the chain.
alter table hook_deliveries add column event_uuid uuid not null default gen_random_uuid();
create index hook_deliveries_event_uuid_idx on hook_deliveries (event_uuid);
