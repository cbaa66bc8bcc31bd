import { readFile } from 'node:fs/promises';

/** As the flags of release-cli say it. */
export interface ReleaseRequest {
  readonly name?: string;
  readonly description?: string;
  readonly tagName?: string;
  readonly tagMessage?: string;
  readonly ref?: string;
  readonly releasedAt?: string;
  readonly milestone: readonly string[];
  readonly assetsLink: readonly string[];
}

/** Milliseconds. */
const PATIENCE = 60_000;

/**
 * Makes a release through the API of the server that the job came from. Throws with what the server says where it refuses,
 * and for a job's environment that lacks CI_API_V4_URL, CI_PROJECT_ID or CI_JOB_TOKEN.
 */
export const requestRelease = async (request: ReleaseRequest, environment: NodeJS.ProcessEnv): Promise<void> => {
  const given = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`${name} is not set: release-cli works in a job`);
    return value;
  };
  const api = given('CI_API_V4_URL');
  const projectId = given('CI_PROJECT_ID');
  const { tagName = given('CI_COMMIT_TAG'), ref = environment['CI_COMMIT_SHA'], description } = request;
  console.log(`Making the release of ${tagName}…`);
  const response = await fetch(`${api}/projects/${encodeURIComponent(projectId)}/releases`, {
    method: 'POST',
    headers: { 'JOB-TOKEN': given('CI_JOB_TOKEN'), 'Content-Type': 'application/json', 'User-Agent': 'penstock' },
    body: JSON.stringify({
      tag_name: tagName,
      ref,
      name: request.name,
      description: description === undefined ? undefined : await textOrFile(description),
      tag_message: request.tagMessage,
      released_at: request.releasedAt,
      ...(request.milestone.length > 0 && { milestones: request.milestone }),
      ...(request.assetsLink.length > 0 && { assets: { links: request.assetsLink.flatMap(linksOf) } }),
    }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`the release was refused: ${response.status} ${answer}`);
  console.log(`The release of ${tagName} is made.`);
};

/** A description that is the path of a file stands for what the file holds. */
const textOrFile = async (text: string): Promise<string> => {
  if (text === '' || /\s/.test(text)) return text;
  try {
    return await readFile(text, 'utf8');
  } catch {
    return text;
  }
};

/** One link, or a list of them. */
const linksOf = (text: string): readonly unknown[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`--assets-link is not JSON: ${text}`);
  }
  return Array.isArray(value) ? value : [value];
};
