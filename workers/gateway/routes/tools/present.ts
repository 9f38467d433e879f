import { cardOf } from '../../../../shared/domain/tool/catalogue.ts';
import { connectTool } from '../../../../shared/domain/tool/connected-tool.ts';
import type { ToolSettings } from '../../../../shared/protocol/tool-settings.ts';

/** The tools and rules of a project as the API shows them: of its own tools no address. */
export const presentSettings = ({ tools, grants, fetchOrigins }: ToolSettings) => ({
  tools: tools.map((tool) => cardOf(connectTool(tool))),
  grants,
  fetchOrigins,
});
