import { basename } from 'node:path';
import { type ConfigMap, ENI_CONF_KEY, NO_CONTENT } from '../../engine/core/eni-config.ts';
import { printable } from '../../engine/text/text.ts';
import { readOverlays } from '../../manifests/overlays.ts';
import { UsageError } from '../usage-error.ts';
import { withUsageErrors } from './objects.ts';
import { readWorkTree } from './source.ts';

/** An overlay as a file has it. */
export interface OverlayFile {
  /** `metadata.name`, or the file's own name where it holds the bare text. */
  readonly name: string;
  readonly object: ConfigMap;
}

/**
 * Reads the one overlay that a file holds: a manifest with a ConfigMap that has eni_conf or cni_chain,
 * or the bare text of eni_conf, which begins with a brace and has no `kind`. Rejects with UsageError.
 */
export async function readOverlayFile(path: string): Promise<OverlayFile> {
  const text = await readWorkTree(path);
  if (text === undefined) throw new UsageError(`${printable(path, 400)}: there is no such file`);
  if (/^\s*\{/.test(text) && !text.includes('"kind"')) {
    const object = { ...NO_CONTENT, data: new Map([[ENI_CONF_KEY, text]]) };
    return { name: basename(path), object };
  }
  const overlays = withUsageErrors(() => readOverlays({ name: path, text }));
  const [overlay, ...others] = overlays;
  if (overlay && others.length === 0) return { name: overlay.name, object: overlay.configMap };
  const many = overlay ? `${overlays.length} ConfigMaps` : 'no ConfigMap';
  throw new UsageError(
    `${printable(path, 400)}: ${many} with eni_conf or cni_chain beside eni-config in it, one is needed`,
  );
}
