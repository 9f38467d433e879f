/** The Project object with what it offers about quality and releases: one class over RPC, in two files. */
import type { ProjectBehaviourRpc } from '../../shared/rpc/behaviour.ts';
import type { ProjectMutationRpc, StartMutation } from '../../shared/rpc/mutation.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { ProjectQualityRpc } from '../../shared/rpc/quality.ts';
import type { StateRestored } from '../../shared/domain/state/restored.ts';
import { ProjectObject } from './object.ts';

type ReleaseMethod = 'deploy' | 'promote' | 'rollback' | 'runChecks';
type ReleaseCommand<Method extends ReleaseMethod> = Parameters<ProjectRpc[Method]>[0];
type Command<Method extends keyof ProjectQualityRpc> = Parameters<ProjectQualityRpc[Method]>[0];

export class QualityProjectObject
  extends ProjectObject
  implements ProjectQualityRpc, ProjectBehaviourRpc, ProjectMutationRpc, Pick<ProjectRpc, ReleaseMethod>
{
  async startGeneration(
    command: Parameters<ProjectBehaviourRpc['startGeneration']>[0],
  ): ReturnType<ProjectBehaviourRpc['startGeneration']> {
    return this.desks.generation.start(command);
  }

  async generation(): ReturnType<ProjectBehaviourRpc['generation']> {
    return this.desks.generation.view();
  }

  async startMutation(command: StartMutation): ReturnType<ProjectMutationRpc['startMutation']> {
    return this.desks.mutation.start(command);
  }

  async mutation(): ReturnType<ProjectMutationRpc['mutation']> {
    return this.desks.mutation.view();
  }

  async criteria(query: Parameters<ProjectBehaviourRpc['criteria']>[0]): ReturnType<ProjectBehaviourRpc['criteria']> {
    return this.behaviour.view(query);
  }

  verifyCriteria(
    command: Parameters<ProjectBehaviourRpc['verifyCriteria']>[0],
  ): ReturnType<ProjectBehaviourRpc['verifyCriteria']> {
    return this.releases.verifyCriteria(command);
  }

  protected override restore(event: StateRestored): void {
    this.desks.judge.apply(event);
  }

  protected override imported(): void {
    this.storage.forget();
    const payload = this.desks.judge.announce();
    if (payload !== undefined) this.outbox.enqueue({ lane: 'workspace', kind: 'register', payload });
  }

  scanMain(command: Command<'scanMain'>): ReturnType<ProjectQualityRpc['scanMain']> {
    return this.desks.judge.scanMain(command);
  }

  scans(query: Command<'scans'>): ReturnType<ProjectQualityRpc['scans']> {
    return this.desks.judge.scans(query);
  }

  findings(query: Command<'findings'>): ReturnType<ProjectQualityRpc['findings']> {
    return this.desks.judge.findings(query);
  }

  sbom(): ReturnType<ProjectQualityRpc['sbom']> {
    return this.desks.judge.sbom();
  }

  async quality(): ReturnType<ProjectQualityRpc['quality']> {
    return this.desks.judge.quality();
  }

  async setGates(command: Command<'setGates'>): ReturnType<ProjectQualityRpc['setGates']> {
    return this.desks.judge.setGates(command);
  }

  async grantWaiver(command: Command<'grantWaiver'>): ReturnType<ProjectQualityRpc['grantWaiver']> {
    return this.desks.judge.grantWaiver(command);
  }

  async revokeWaiver(command: Command<'revokeWaiver'>): ReturnType<ProjectQualityRpc['revokeWaiver']> {
    return this.desks.judge.revokeWaiver(command);
  }

  async startMeasuring({
    commandId,
    kinds,
  }: Command<'startMeasuring'>): ReturnType<ProjectQualityRpc['startMeasuring']> {
    return this.once(commandId, kinds, () => this.desks.figures.start(kinds));
  }

  async lcov(): ReturnType<ProjectQualityRpc['lcov']> {
    return this.desks.figures.lcov();
  }

  async measuring(): ReturnType<ProjectQualityRpc['measuring']> {
    return this.desks.figures.view();
  }

  async cancelMeasuring({ commandId }: Command<'cancelMeasuring'>): ReturnType<ProjectQualityRpc['cancelMeasuring']> {
    return this.once(commandId, 'cancelMeasuring', () => this.desks.figures.cancel());
  }

  async startPerformance(command: Command<'startPerformance'>): ReturnType<ProjectQualityRpc['startPerformance']> {
    return this.once(command.commandId, command, () => this.desks.performance.start(command));
  }

  async performanceRuns(query: Command<'performanceRuns'>): ReturnType<ProjectQualityRpc['performanceRuns']> {
    return this.desks.performance.runs(query);
  }

  async cancelPerformance({
    commandId,
  }: Command<'cancelPerformance'>): ReturnType<ProjectQualityRpc['cancelPerformance']> {
    return this.once(commandId, 'cancelPerformance', () => this.desks.performance.cancel());
  }

  deploy(command: ReleaseCommand<'deploy'>): ReturnType<ProjectRpc['deploy']> {
    return this.releases.deploy(command);
  }

  promote(command: ReleaseCommand<'promote'>): ReturnType<ProjectRpc['promote']> {
    return this.releases.promote(command);
  }

  rollback(command: ReleaseCommand<'rollback'>): ReturnType<ProjectRpc['rollback']> {
    return this.releases.rollback(command);
  }

  runChecks(command: ReleaseCommand<'runChecks'>): ReturnType<ProjectRpc['runChecks']> {
    return this.releases.runChecks(command);
  }
}
