import type { ConfigMap } from '../../engine/core/eni-config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { isGoObject } from '../../engine/rendering/go-value.ts';
import { renderNodeFile } from '../../engine/rendering/node-file.ts';

/** Whether a node with this eni-config has portmap in its chain, and portmap is told of host ports. */
export function hasHostPorts(object: ConfigMap, facts: Facts): boolean {
  const file = renderNodeFile(object, 'veth', { facts });
  if (file.kind !== 'file') return false;
  return file.plugins.some((plugin) => {
    const capabilities = plugin.get('capabilities');
    return (
      plugin.get('type') === 'portmap' &&
      isGoObject(capabilities) &&
      capabilities.get('portMappings') === true
    );
  });
}
