/** What one statement takes: PostgreSQL has room for 65,535 values, and the driver makes one message of them all. */
export const MOST_IN_A_STATEMENT = { size: 1000, weight: 16 * 1024 * 1024 } as const;
