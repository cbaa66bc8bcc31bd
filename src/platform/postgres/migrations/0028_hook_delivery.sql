-- What drains ask, and bodies as they were built.

create index hook_deliveries_due_idx on hook_deliveries (hook_id, next_attempt_at) where state = 'pending';
-- Not jsonb: keys keep their order, and a text with a NUL in it can be kept.
alter table events alter column payload type json using payload::json;
alter table hook_deliveries alter column payload type json using payload::json;
