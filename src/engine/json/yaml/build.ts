import type { JsonMember, JsonNode, JsonNumber, JsonObject } from '../node.ts';
import type { Range } from '../position.ts';
import { MAX_VALUES } from '../syntax-problem.ts';
import { isBreak } from './cursor.ts';
import { YamlFailure } from './failure.ts';
import type { YamlAlias, YamlList, YamlNode, YamlObject, YamlScalar, YamlTree } from './parser.ts';
import { type PlainValue, numberAsName, plainValue } from './plain.ts';

/** Makes the tree of the JSON that Terway turns a YAML document into; places are those in the YAML. */

export interface BuiltTree {
  readonly root: JsonNode;
  readonly objects: readonly JsonObject[];
  readonly values: number;
  /** Numbers that JSON has no word for: `.inf`, `.nan`. */
  readonly infinite: readonly JsonNumber[];
  /** A value stands in several places, through aliases. */
  readonly hasAliases: boolean;
}

/** Levels of values inside each other, aliases followed. */
const MAX_DEPTH = 256;

/** Values that aliases may stand for, all together; no chain needs as many. */
const MAX_COPIES = 2_000;

/** The tree with all aliases followed. Throws YamlFailure. */
export function buildTree(text: string, { root }: YamlTree): BuiltTree {
  const builder = new Builder(text, targetsOf(root));
  return { root: builder.build(root), ...builder.found };
}

/** What each alias stands for: the value that bore its anchor last before it. */
function targetsOf(root: YamlNode): ReadonlyMap<YamlAlias, YamlNode> {
  const targets = new Map<YamlAlias, YamlNode>();
  const anchors = new Map<string, YamlNode>();
  const visit = (node: YamlNode): void => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (node.type === 'alias') {
      const target = anchors.get(node.value);
      if (!target) throw new YamlFailure('unknown-anchor', node.start, { end: node.end });
      targets.set(node, target);
    } else if (node.type === 'list') {
      node.items.forEach(visit);
    } else if (node.type === 'object') {
      for (const { name, value } of node.pairs) {
        visit(name);
        visit(value);
      }
    }
  };
  visit(root);
  return targets;
}

type Parent = JsonNode['parent'];
type Step = JsonNode['step'];

/** What is added to a value in block style, beyond its place. */
type BlockPlace = Pick<JsonNode, 'whole'>;

class Builder {
  readonly #text: string;
  readonly #targets: ReadonlyMap<YamlAlias, YamlNode>;
  readonly #objects: JsonObject[] = [];
  readonly #infinite: JsonNumber[] = [];
  /** Values that are being built through an alias. */
  readonly #open = new Set<YamlNode>();
  #values = 0;
  #copies = 0;
  #depth = 0;

  constructor(text: string, targets: ReadonlyMap<YamlAlias, YamlNode>) {
    this.#text = text;
    this.#targets = targets;
  }

  get found(): Omit<BuiltTree, 'root'> {
    const hasAliases = this.#targets.size > 0;
    return {
      objects: this.#objects,
      values: this.#values,
      infinite: this.#infinite,
      hasAliases,
    };
  }

  build(node: YamlNode, parent?: Parent, step?: Step, block: BlockPlace = {}): JsonNode {
    if (node.type === 'alias') return this.#follow(node, parent, step, block);
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw new YamlFailure('values', node.start);
    if (this.#open.size > 0) this.#countCopy(node);
    if (node.type === 'scalar') return this.#scalar(node, parent, step, block);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new YamlFailure('depth', node.start);
    const built =
      node.type === 'list'
        ? this.#list(node, parent, step, block)
        : this.#object(node, parent, step, block);
    this.#depth -= 1;
    return built;
  }

  #countCopy({ start }: YamlNode): void {
    this.#copies += 1;
    if (this.#copies > MAX_COPIES) throw new YamlFailure('size', start);
  }

  #follow(alias: YamlAlias, parent: Parent, step: Step, block: BlockPlace): JsonNode {
    const target = this.#targetOf(alias);
    this.#open.add(target);
    const built = this.build(target, parent, step, block);
    this.#open.delete(target);
    return built;
  }

  /** What an alias stands for, unless that is being built already. */
  #targetOf(alias: YamlAlias): YamlNode {
    const target = this.#targets.get(alias);
    if (!target || this.#open.has(target) || contains(target, alias)) {
      throw new YamlFailure('endless-alias', alias.start, { end: alias.end });
    }
    return target;
  }

  #scalar(node: YamlScalar, parent: Parent, step: Step, block: BlockPlace): JsonNode {
    const place = { ...this.#rangeOf(node), parent, step, ...block };
    const value = valueOf(node);
    if (value === null) return { type: 'null', value, ...place };
    if (typeof value === 'string') return { type: 'string', value, ...place };
    if (typeof value === 'boolean') return { type: 'boolean', value, ...place };
    const number: JsonNumber = { type: 'number', value, ...place };
    if (!Number.isFinite(value)) this.#infinite.push(number);
    return number;
  }

  /** Without the line ends that a text in block style ends with. */
  #rangeOf({ start, end }: YamlNode): Range {
    let last = end;
    while (last > start && isBreak(this.#text.charCodeAt(last - 1))) last -= 1;
    return { offset: start, length: last - start };
  }

  #list(node: YamlList, parent: Parent, step: Step, block: BlockPlace): JsonNode {
    const items: JsonNode[] = [];
    const list: JsonNode = {
      type: 'array',
      ...this.#rangeOf(node),
      value: undefined,
      items,
      parent,
      step,
      ...block,
      ...(node.isBlock ? { column: node.column } : {}),
    };
    node.items.forEach((item, index) => {
      const whole = this.#wholeOf(node.dashes[index], node.dashes[index + 1], item);
      items.push(this.build(item, list, index, whole));
    });
    return list;
  }

  #object(node: YamlObject, parent: Parent, step: Step, block: BlockPlace): JsonObject {
    const object: JsonObject & { members: readonly JsonMember[] } = {
      type: 'object',
      ...this.#rangeOf(node),
      value: undefined,
      members: [],
      parent,
      step,
      ...block,
      ...(node.isBlock ? { column: node.column } : {}),
    };
    this.#objects.push(object);
    const members = new MemberDrafts();
    this.#addPairs(node, { object, members });
    object.members = members.inOrder();
    return object;
  }

  #addPairs(node: YamlObject, draft: ObjectDraft, isMerged = false): void {
    node.pairs.forEach(({ name, value }, index) => {
      if (isMerge(name)) {
        this.#merge(value, draft);
        return;
      }
      const text = this.#nameOf(name);
      const whole = node.isBlock
        ? this.#wholeOf(name.start, node.pairs[index + 1]?.name.start, value)
        : {};
      const member: JsonMember = {
        name: text,
        nameNode: { offset: name.start, length: name.end - name.start },
        ...(name.type === 'scalar' && name.style === 'plain' ? { isBare: true } : {}),
        value: this.build(value, draft.object, text, whole),
      };
      if (isMerged) draft.members.merge(member);
      else draft.members.add(member);
    });
  }

  /** `<<` brings the members of other objects; of several the first that has a name counts. */
  #merge(value: YamlNode, draft: ObjectDraft): void {
    const sources = value.type === 'list' ? value.items.toReversed() : [value];
    for (const source of sources) {
      const target = source.type === 'alias' ? this.#targetOf(source) : source;
      if (target.type !== 'object') {
        throw new YamlFailure('merge', source.start, { end: source.end });
      }
      this.#open.add(target);
      target.pairs.forEach(({ name }) => this.#countCopy(name));
      this.#addPairs(target, draft, true);
      this.#open.delete(target);
    }
  }

  /** The text that JSON has as the name. */
  #nameOf(name: YamlNode): string {
    const node = name.type === 'alias' ? this.#targetOf(name) : name;
    const value = node.type === 'scalar' ? valueOf(node) : null;
    if (value === null) throw new YamlFailure('name', name.start, { end: name.end });
    return typeof value === 'number' ? numberAsName(value) : String(value);
  }

  /** What goes with a member or an element that begins at `start`, when it is removed. */
  #wholeOf(start: number | undefined, next: number | undefined, { end }: YamlNode): BlockPlace {
    if (start === undefined) return {};
    const text = this.#text;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    let stop = Math.max(start, end);
    while (stop > start && isBreak(text.charCodeAt(stop - 1))) stop -= 1;
    if (text.slice(lineStart, start).trim() === '') return { whole: lines(text, lineStart, stop) };
    // It shares its line with the "-" of a list, where the next one moves to.
    const goesOn = next !== undefined && text.slice(stop, next).trim() === '';
    const last = goesOn ? next : stop;
    return { whole: { offset: start, length: last - start } };
  }
}

/** Whole lines, with the line end behind them or, of the last line of a text, before them. */
function lines(text: string, start: number, stop: number): Range {
  const lineEnd = text.indexOf('\n', stop);
  if (lineEnd !== -1) return { offset: start, length: lineEnd + 1 - start };
  let offset = start;
  while (offset > 0 && isBreak(text.charCodeAt(offset - 1)) && start - offset < 2) offset -= 1;
  return { offset, length: text.length - offset };
}

/** Whether a value stands around an alias, or is it. */
const contains = ({ start, end }: YamlNode, alias: YamlAlias) =>
  alias.start >= start && alias.end <= end;

const isMerge = (name: YamlNode) =>
  name.type === 'scalar' &&
  name.value === '<<' &&
  (name.style === 'plain' || name.tag === '!!merge') &&
  (name.tag === undefined || name.tag === '!!merge');

/** An object while its members are read. */
interface ObjectDraft {
  readonly object: JsonObject;
  readonly members: MemberDrafts;
}

/**
 * The members of an object in order. What `<<` brings replaces what stands before it, and what stands
 * behind replaces that, as in the reader behind sigs.k8s.io/yaml.
 */
class MemberDrafts {
  readonly #order = new Set<JsonMember>();
  readonly #byName = new Map<string, JsonMember[]>();
  /** Those that `<<` brought, by name. */
  readonly #merged = new Map<string, JsonMember>();

  /** Adds one that stands in the object itself. */
  add(member: JsonMember): void {
    this.#remove(this.#merged.get(member.name));
    this.#append(member);
  }

  /** Adds one that `<<` brings. */
  merge(member: JsonMember): void {
    this.#remove(this.#byName.get(member.name)?.[0]);
    this.#append(member);
    this.#merged.set(member.name, member);
  }

  inOrder(): readonly JsonMember[] {
    return [...this.#order];
  }

  #append(member: JsonMember): void {
    const sameName = this.#byName.get(member.name);
    if (sameName) sameName.push(member);
    else this.#byName.set(member.name, [member]);
    this.#order.add(member);
  }

  #remove(member: JsonMember | undefined): void {
    if (!member) return;
    const sameName = this.#byName.get(member.name) ?? [];
    sameName.splice(sameName.indexOf(member), 1);
    this.#order.delete(member);
    this.#merged.delete(member.name);
  }
}

const LONG_TAG = /^!<tag:yaml\.org,2002:(.*)>$/;

/** The value of a scalar: of its tag's type where it has one. */
function valueOf(node: YamlScalar): PlainValue {
  const { value, style } = node;
  const tag = node.tag?.replace(LONG_TAG, '!!$1');
  if (tag === undefined) return style === 'plain' ? plainValue(value) : value;
  const fail = (kind: 'tag' | 'binary') => new YamlFailure(kind, node.start, { end: node.end });
  const plain = plainValue(value);
  switch (tag) {
    case '!!null':
      if (plain === null) return plain;
      throw fail('tag');
    case '!!bool':
      if (typeof plain === 'boolean') return plain;
      throw fail('tag');
    case '!!int':
      if (Number.isInteger(plain)) return plain;
      throw fail('tag');
    case '!!float':
      if (typeof plain === 'number') return plain;
      throw fail('tag');
    case '!!binary':
      throw fail('binary');
    default:
      return value;
  }
}
