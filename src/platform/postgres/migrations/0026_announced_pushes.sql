-- When hooks were told that a push updated the repository; of its single refs `updates` says it ("announced").
alter table push_intents add column announced_at timestamptz;
