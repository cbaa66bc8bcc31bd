-- Rows that point to a pipeline, job, runner or project that is deleted: without these, each deleted row means a look at
-- the whole table that points to it.

create index jobs_retry_of_idx on jobs (retry_of_id) where retry_of_id is not null;
create index jobs_runner_idx on jobs (runner_id) where runner_id is not null;
create index jobs_runner_manager_idx on jobs (runner_manager_id) where runner_manager_id is not null;
create index pipelines_auto_canceled_by_idx on pipelines (auto_canceled_by_id) where auto_canceled_by_id is not null;
create index pipeline_sources_project_idx on pipeline_sources (project_id);
create index pipeline_sources_source_project_idx on pipeline_sources (source_project_id);
create index pipeline_sources_source_job_idx on pipeline_sources (source_job_id);
create index deployments_project_idx on deployments (project_id);
