/** The Project object with what it offers about releases and quality: one class over RPC, in two files. */
import type { ProjectBehaviourRpc } from '../../shared/rpc/behaviour.ts';
import type { ProjectMutationRpc, StartMutation } from '../../shared/rpc/mutation.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { ProjectQualityRpc } from '../../shared/rpc/quality.ts';
import type { StateRestored } from '../../shared/domain/state/restored.ts';
import { ProjectObject } from './object.ts';

type Command<Method extends keyof ProjectQualityRpc> = Parameters<ProjectQualityRpc[Method]>[0];

export class QualityProjectObject extends ProjectObject implements ProjectRpc, ProjectQualityRpc, ProjectBehaviourRpc {
  deploy(command: Parameters<ProjectRpc['deploy']>[0]): ReturnType<ProjectRpc['deploy']> {
    return this.releases.deploy(command);
  }

  promote(command: Parameters<ProjectRpc['promote']>[0]): ReturnType<ProjectRpc['promote']> {
    return this.releases.promote(command);
  }

  rollback(command: Parameters<ProjectRpc['rollback']>[0]): ReturnType<ProjectRpc['rollback']> {
    return this.releases.rollback(command);
  }

  runChecks(command: Parameters<ProjectRpc['runChecks']>[0]): ReturnType<ProjectRpc['runChecks']> {
    return this.releases.runChecks(command);
  }

  async startGeneration(
    command: Parameters<ProjectBehaviourRpc['startGeneration']>[0],
  ): ReturnType<ProjectBehaviourRpc['startGeneration']> {
    return this.generationDesk.start(command);
  }

  async generation(): ReturnType<ProjectBehaviourRpc['generation']> {
    return this.generationDesk.view();
  }

  async startMutation(command: StartMutation): ReturnType<ProjectMutationRpc['startMutation']> {
    return this.mutationDesk.start(command);
  }

  async mutation(): ReturnType<ProjectMutationRpc['mutation']> {
    return this.mutationDesk.view();
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
    this.desk.apply(event);
  }

  protected override imported(): void {
    this.storage.forget();
    const payload = this.desk.announce();
    if (payload !== undefined) this.outbox.enqueue({ lane: 'workspace', kind: 'register', payload });
  }

  scanMain(command: Command<'scanMain'>): ReturnType<ProjectQualityRpc['scanMain']> {
    return this.desk.scanMain(command);
  }

  scans(query: Command<'scans'>): ReturnType<ProjectQualityRpc['scans']> {
    return this.desk.scans(query);
  }

  findings(query: Command<'findings'>): ReturnType<ProjectQualityRpc['findings']> {
    return this.desk.findings(query);
  }

  sbom(): ReturnType<ProjectQualityRpc['sbom']> {
    return this.desk.sbom();
  }

  async quality(): ReturnType<ProjectQualityRpc['quality']> {
    return this.desk.quality();
  }

  async setGates(command: Command<'setGates'>): ReturnType<ProjectQualityRpc['setGates']> {
    return this.desk.setGates(command);
  }

  async grantWaiver(command: Command<'grantWaiver'>): ReturnType<ProjectQualityRpc['grantWaiver']> {
    return this.desk.grantWaiver(command);
  }

  async revokeWaiver(command: Command<'revokeWaiver'>): ReturnType<ProjectQualityRpc['revokeWaiver']> {
    return this.desk.revokeWaiver(command);
  }
}
