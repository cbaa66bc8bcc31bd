/** What a request offers as proof of who sends it: taken apart, not verified. */
export interface Credentials {
  /** `Authorization: Bearer …`: a personal, OAuth or job token. */
  readonly bearer?: string;
  /** `private_token` parameter, else the `PRIVATE-TOKEN` header. */
  readonly privateToken?: string;
  /** `access_token` parameter (OAuth). */
  readonly accessToken?: string;
  /** `JOB-TOKEN` header, else `job_token` parameter, else `token` parameter. */
  readonly jobToken?: string;
  /** `Deploy-Token` header. */
  readonly deployToken?: string;
  /** `RUNNER-TOKEN` header (the runner sends it beside the body's `token`). */
  readonly runnerToken?: string;
  /** `Authorization: Basic …`. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** The session cookie's value. */
  readonly sessionCookie?: string;
  /** `X-CSRF-Token` header: a session needs it on everything but GET. */
  readonly csrfToken?: string;
  /** `sudo` parameter, else `Sudo` header: a user's id or name. */
  readonly sudo?: string;
}
