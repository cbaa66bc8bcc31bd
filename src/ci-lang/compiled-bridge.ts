/** Plain data as JSON has it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a trigger job does when its turn comes. Nothing is expanded yet. */
export interface BridgeOptions {
  readonly trigger?: CompiledTrigger;
  /** `needs:pipeline`: the path of the project whose latest pipeline gives this job its status. */
  readonly mirrors?: string;
}

/** The pipeline that a trigger job starts: in another project, or a child of its own. */
export type CompiledTrigger = TriggerFollowUp &
  (
    | {
        readonly kind: 'project';
        readonly project: string;
        /** Absent: the project's default branch. */
        readonly branch?: string;
        readonly inputs?: Readonly<Record<string, JsonValue>>;
      }
    | {
        readonly kind: 'child';
        /** 1 to 3 items as they are written: a path or an address, or a map (`local`, `project`, `artifact`, …). */
        readonly include: readonly JsonValue[];
      }
  );

export interface TriggerFollowUp {
  /** `depend`: wait for the pipeline and end as it does; `mirror`: show its status all the time. Absent: do not wait. */
  readonly strategy?: 'depend' | 'mirror';
  readonly forward: {
    /** The variables of this configuration. */
    readonly yamlVariables: boolean;
    /** The variables that this pipeline was started with. */
    readonly pipelineVariables: boolean;
  };
}
