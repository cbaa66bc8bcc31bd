-- A server that is about to run a tick takes it for a while, so that another does not begin the same work. What makes it
-- happen once is the row's state; when the holder dies or stands still, the lease ends by itself.

alter table schedule_ticks add column leased_until timestamptz;
