import type { RuleSettingKey } from '../../../src/engine/core/rule.ts';
import type { StatedFacts, StatedOverlay, StatedPolicy } from '../examples.ts';
import { type ImpactTexts, type RuleWords, typesByVersion } from './words.ts';

const IMPACTS: ImpactTexts = {
  outage: 'Pod 或节点无法启动，或可能无法启动',
  'no-effect': 'Pod 和节点照常启动，所涉及的内容被忽略',
};

const SETTINGS: Readonly<Record<RuleSettingKey, string>> = {
  firstEntry: '第一个条目可以与 10-terway.conf 有多大差异',
  onUnknownVersion: '版本未知时怎么做',
  minimumVersions: '代替 guard 所要求的最低版本',
  'breakGlass.maxMinutes': 'break-glass 的截止时间最多可以设到多少分钟之后',
};

/** Rule ids, messages and configuration stay English, so that they are found. */
export const CHINESE: RuleWords = {
  ending: '.zh.md',
  otherLanguage: (page) => `[English](${page})`,

  said: ({ title, why, remedy }, { severity, impact }) =>
    [
      `**${title}。**`,
      `默认级别：${severity}。影响：${impact}（${IMPACTS[impact]}）。`,
      why,
      `处理方法：${remedy}。`,
    ].join('\n\n'),
  withoutExample: '没有哪种写入会触发它，因此没有示例。',
  bad: { deny: '## 会被拒绝', warn: '## 会产生告警' },
  good: { deny: '## 会被接受', warn: '## 没有此告警' },
  circumstances: ({ overlay, facts, policy }, isAbridged) =>
    [
      '在[示例集群](README.zh.md#示例集群)上',
      ...(facts ? [`，但其中${factsText(facts)}`] : []),
      ...(overlay ? [`，写入 ConfigMap pool-a，${nodesText(overlay)}`] : []),
      ...(policy ? [`，配置中有 ${policyText(policy)}`] : []),
      isAbridged ? '；`<<3 times x>>` 表示 `xxx`：' : '：',
    ].join(''),
  stored: '已存储：',
  theWrite: '写入：',
  newObject: '新对象：',
  storedObjectWith: '新对象，即已存储的对象加上：',
  deleted: '该对象被删除。',
  removed: (key) => `\`${key}\` 被移除。`,
  theGuardSays: 'guard 的回答：',
  happens: '## 发生时\n\n绕过 guard 存储后，各程序会输出（[如何验证](../claims.md)）：',
  settings: '## 设置',
  setting: (key) => `\`${key}\`：${SETTINGS[key]}`,

  index: '# 规则',
  aboutRules:
    '每条 finding 都写明它的规则。用配置中的 `rules: {<id>: off | audit | warn | deny}` 改变规则的级别。' +
    '一次写入没有改动任何一个字节的文档不会成为拒绝的理由：其中原有的问题只产生告警。' +
    '`eni-config-guard explain RULE` 打印规则的英文页面。程序的消息一律为英文，示例中保持原样。',
  columns: '| 规则 | 默认级别 | 影响 | 要求 |',
  impacts: `影响：\`outage\` 表示${IMPACTS.outage}；\`no-effect\` 表示${IMPACTS['no-effect']}。`,
  cluster: '## 示例集群',
  aboutCluster: (facts) =>
    '示例是在同一个集群上对同一个 eni-config 的写入；不同之处由各页自行说明。每个示例都由测试与 guard 的实际回答核对。\n\n' +
    `集群中${factsText(facts)}。写入时间为 2026-01-01 12:00（UTC），写入者有权使用 break-glass。已存储的内容：`,
};

const nodesText = ({ nodes, isBaseUnknown }: StatedOverlay) =>
  `有 ${nodes} 个节点的标签指向它${isBaseUnknown ? '，而 eni-config 无法读取' : ''}`;

/** To stand behind a Chinese word: a Latin one is set off by a space. */
function factsText(facts: StatedFacts): string {
  const { terway, kubeProxyMode, exclusiveEniNodes, nodesWithout = {} } = facts;
  const text = [
    ...(terway === undefined ? [] : [`Terway 为 ${terway}`]),
    ...[...typesByVersion(facts)].map(([version, types]) => `${types.join('、')} 为 ${version}`),
    ...(kubeProxyMode === undefined ? [] : [`kube-proxy 为 ${kubeProxyMode} 模式`]),
    ...(exclusiveEniNodes === undefined ? [] : [`有 ${exclusiveEniNodes} 个节点为独占 ENI 模式`]),
    ...Object.entries(nodesWithout).map(
      ([type, number]) => `有 ${number} 个节点缺少二进制文件 ${type}`,
    ),
  ].join('，');
  return /^\w/.test(text) ? ` ${text}` : text;
}

function policyText({ firstEntry, rules }: StatedPolicy): string {
  return [
    ...(firstEntry ? [`\`firstEntry: ${firstEntry}\``] : []),
    ...Object.entries(rules ?? {}).map(([id, setting]) => `\`rules: {${id}: ${setting}}\``),
  ].join('、');
}
