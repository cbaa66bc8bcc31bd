/** Why a cron was not taken, in one sentence that says what to write instead. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
}

export const refuse = (reason: string): Refusal => ({ kind: 'refused', reason });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refused';
