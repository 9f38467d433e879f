/** What a Workspace object tells of the quality of models, and what people tell it. */
import type { QualityCounts, QualityScope } from '../domain/model/quality/measures.ts';
import type { Sample } from '../domain/model/quality/fisher.ts';
import type { Result } from '../errors/result.ts';

/** Which calls and tasks are looked at. */
export interface QualityQuery {
  readonly model?: string;
  readonly role?: string;
  readonly taskKind?: string;
  /** Milliseconds since the epoch; everything of the hour in which it lies is taken. */
  readonly since: number;
}

export interface ModelQuality {
  readonly model: string;
  readonly counts: QualityCounts;
  /** What selection multiplies the quality of benchmarks with; of late, whatever the query. */
  readonly factor: number;
  /** Measures for which an alarm stands. */
  readonly alarms: readonly string[];
}

export interface QualityPage {
  readonly since: number;
  /** By name. */
  readonly models: readonly ModelQuality[];
  /** The name to go on after; absent on the last page. */
  readonly next?: string;
}

export interface ModelQualityDetail extends ModelQuality {
  readonly since: number;
  /** By role and kind of task, at most 200. */
  readonly parts: readonly (Omit<QualityScope, 'model'> & { readonly counts: QualityCounts })[];
  /** What each share is compared with, and what it came to of late. */
  readonly drift: readonly { readonly measure: string; readonly recent: Sample; readonly baseline: Sample }[];
}

export interface QualityAlarm {
  readonly alarmId: string;
  readonly model: string;
  readonly measure: string;
  readonly status: 'open' | 'acknowledged' | 'closed';
  readonly raisedAt: number;
  /** When the figures were looked at last. */
  readonly updatedAt: number;
  readonly baseline: Sample;
  readonly recent: Sample;
  /** How likely the figures that raised it are for a model that did not change. */
  readonly chance: number;
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  readonly note?: string;
  readonly closedAt?: number;
  /** `figures`: they returned; `person`: they were taken as the new normal. */
  readonly closedBy?: 'figures' | 'person';
}

export interface AlarmQuery {
  readonly status: 'standing' | 'closed' | 'all';
  /** Alarms raised before this one are answered; absent: from the newest. */
  readonly after?: string;
  readonly limit: number;
}

/** What a rating is about. */
export type RatedSubject =
  | {
      readonly type: 'answer';
      /** `chatcmpl-…`, `resp_…`, `msg_…` or `req_…`. */
      readonly responseId: string;
    }
  | {
      readonly type: 'work';
      readonly projectId: string;
      readonly taskId?: string;
      readonly scopes: readonly QualityScope[];
    };

export interface Feedback {
  readonly feedbackId: string;
  /** The id of the answer, the project, or the project and the task. */
  readonly subject: string;
  /** From 0, useless, to 1, right. */
  readonly rating: number;
  readonly comment?: string;
  readonly models: readonly string[];
  readonly by: string;
  readonly at: number;
}

export interface WorkspaceQuality {
  /** A page of the models that were measured; empty where none was. */
  modelQuality(query: QualityQuery & { readonly after: string; readonly limit: number }): Promise<Result<QualityPage>>;
  /** All of one model; refused as not found when nothing was measured of it. */
  modelQualityOf(query: QualityQuery & { readonly model: string }): Promise<Result<ModelQualityDetail>>;
  /** Newest first. */
  qualityAlarms(query: AlarmQuery): Promise<Result<readonly QualityAlarm[]>>;
  /** Somebody knows of it. With `accept` the present figures are the new normal, and the alarm is closed. */
  acknowledgeAlarm(command: {
    readonly commandId: string;
    readonly alarmId: string;
    readonly by: string;
    readonly note?: string;
    readonly accept: boolean;
  }): Promise<Result<QualityAlarm>>;
  /** Counts a rating, once for each subject and person. */
  giveFeedback(command: {
    readonly commandId: string;
    readonly subject: RatedSubject;
    readonly rating: number;
    readonly comment?: string;
    readonly by: string;
  }): Promise<Result<Feedback>>;
  /** Newest first. */
  feedback(query: { readonly after?: string; readonly limit: number }): Promise<Result<readonly Feedback[]>>;
}
