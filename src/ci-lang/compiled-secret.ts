/** A variable whose value the runner fetches. */
export type CompiledSecret = SecretSource & {
  readonly name: string;
  /** The value goes to a file and the variable holds its path. */
  readonly file: boolean;
  /** Text such as `$VAULT_ID_TOKEN` that becomes the token to log in with; the runner expands it. */
  readonly token?: string;
};

/** Who keeps the secret, by the one property that is there. */
export type SecretSource =
  | { readonly vault: CompiledVaultSecret }
  | { readonly azureKeyVault: CompiledAzureSecret }
  | { readonly gcpSecretManager: CompiledGcpSecret }
  | { readonly akeyless: CompiledAkeylessSecret }
  | { readonly gitlabSecretsManager: CompiledGitlabSecret }
  | { readonly awsSecretsManager: CompiledAwsSecret };

/** Unexpanded: the runner does it. */
export interface CompiledVaultSecret {
  readonly engine: { readonly name: string; readonly path: string };
  readonly path: string;
  readonly field: string;
}

export interface CompiledAzureSecret {
  readonly name: string;
  readonly version?: string;
}

export interface CompiledGcpSecret {
  readonly name: string;
  readonly version: string;
}

export interface CompiledGitlabSecret {
  readonly name: string;
  /** `project` or `group/<full path>`. */
  readonly source?: string;
}

export interface CompiledAwsSecret {
  readonly secretId: string;
  readonly region?: string;
  readonly versionId?: string;
  readonly versionStage?: string;
  readonly roleArn?: string;
  readonly roleSessionName?: string;
  /** One value of the secret, which is then a JSON object. */
  readonly field?: string;
}

/** GitLab's keys as written. */
export type CompiledAkeylessSecret = Readonly<Record<string, string>>;
