/**
 * The kernel settings below `net` that matter to tuning, which writes them inside a pod's network
 * namespace. Source: the tables of Linux 5.10 to 6.18 (net/**\/sysctl*.c), and every file below
 * /proc/sys/net of a new network namespace on 6.18, written to. Names are those of files, with
 * dots; `*` stands for an interface, `all` or `default`.
 */

const below = (folder: string, names: string): readonly string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${folder}.${name}`);

/** What happens to a write from inside a pod, on every kernel that Terway runs on. */
export type SysctlFate =
  /** The file is there on the node only. */
  | 'host-only'
  /** The file can't be written, or not from inside a pod. */
  | 'read-only'
  /** Older kernels let a pod change it, for the whole node. */
  | 'leaks'
  /** No kernel from 5.10 on has it. */
  | 'gone';

const NEIGH_DEFAULT = `
  anycast_delay app_solicit base_reachable_time base_reachable_time_ms delay_first_probe_time
  gc_interval gc_stale_time gc_thresh1 gc_thresh2 gc_thresh3 interval_probe_time_ms locktime
  mcast_resolicit mcast_solicit proxy_delay proxy_qlen retrans_time retrans_time_ms ucast_solicit
  unres_qlen unres_qlen_bytes`;

export const UNWRITABLE: Readonly<Record<SysctlFate, readonly string[]>> = {
  'host-only': [
    ...below(
      'net.core',
      `bpf_jit_enable bpf_jit_harden bpf_jit_kallsyms bpf_jit_limit busy_poll busy_read
      default_qdisc dev_weight dev_weight_rx_bias dev_weight_tx_bias devconf_inherit_init_net
      fb_tunnels_only_for_init_net flow_limit_cpu_bitmap flow_limit_table_len gro_normal_batch
      high_order_alloc_disable max_skb_frags mem_pcpu_rsv message_burst message_cost
      netdev_budget netdev_budget_usecs netdev_max_backlog netdev_rss_key
      netdev_tstamp_prequeue netdev_unregister_timeout_secs rps_sock_flow_entries
      skb_defer_max warnings`,
    ),
    ...below(
      'net.ipv4',
      `cipso_cache_bucket_size cipso_cache_enable cipso_rbm_optfmt cipso_rbm_strictvalid
      fib_sync_mem inet_peer_maxttl inet_peer_minttl inet_peer_threshold ipfrag_secret_interval
      tcp_available_ulp tcp_low_latency tcp_max_orphans tcp_mem udp_mem`,
    ),
    ...below('net.ipv4.neigh.default', NEIGH_DEFAULT),
    ...below(
      'net.ipv4.route',
      `error_burst error_cost gc_elasticity gc_interval gc_min_interval gc_min_interval_ms
      gc_thresh gc_timeout max_size redirect_load redirect_number redirect_silence`,
    ),
    ...below(
      'net.ipv6',
      'calipso_cache_bucket_size calipso_cache_enable ip6frag_secret_interval mld_max_msf mld_qrv',
    ),
    ...below('net.ipv6.neigh.default', NEIGH_DEFAULT),
    ...below('net.netfilter', 'nf_log_all_netns'),
    'net.nf_conntrack_max',
  ],
  'read-only': [
    ...below('net.core', 'rmem_default rmem_max wmem_default wmem_max'),
    ...below('net.ipv4', 'tcp_available_congestion_control tcp_ehash_entries udp_hash_entries'),
    ...below('net.mptcp', 'available_path_managers available_schedulers'),
    ...below('net.netfilter', 'nf_conntrack_buckets nf_conntrack_count'),
  ],
  leaks: [
    ...below('net.ipv4', 'tcp_allowed_congestion_control'),
    ...below('net.netfilter', 'nf_conntrack_expect_max nf_conntrack_max'),
  ],
  gone: [
    ...below(
      'net.ipv4',
      `inet_peer_gc_maxtime inet_peer_gc_mintime ip_conntrack_max rt_cache_rebuild_count tcp_bic
      tcp_bic_beta tcp_bic_low_window tcp_cookie_size tcp_dma_copybreak tcp_frto_response
      tcp_max_ssthresh tcp_thin_dupack tcp_tw_recycle tcp_vegas_cong_avoid tcp_westwood`,
    ),
    ...below(
      'net.ipv4.netfilter',
      `ip_conntrack_buckets ip_conntrack_count ip_conntrack_max
      ip_conntrack_tcp_timeout_established ip_conntrack_tcp_timeout_time_wait
      ip_conntrack_udp_timeout`,
    ),
    ...below('net.ipv4.route', 'max_delay min_delay secret_interval'),
  ],
};

/** First kernels that keep a pod from changing a setting that `leaks`: 5.12.2, and 5.13. */
export const LEAK_CLOSED_IN = '5.12.2';

const FATES: ReadonlyMap<string, SysctlFate> = new Map(
  (Object.keys(UNWRITABLE) as SysctlFate[]).flatMap((fate) =>
    UNWRITABLE[fate].map((name) => [name, fate]),
  ),
);

/** Whole numbers; a list is as long as the kernel reads on. */
interface NumberValue {
  readonly kind: 'number';
  /** How many numbers stand in it; of more than these the kernel reads no more. */
  readonly count: number;
  /** What the kernel takes, on every kernel from 5.10 on; absent where it differs. */
  readonly min?: number;
  readonly max?: number;
}

/** What a setting that a pod can write takes. */
export type SysctlValue = NumberValue | { readonly kind: 'text' };

const INT_MAX = 0x7fff_ffff;

const number = (more: Omit<NumberValue, 'kind' | 'count'> & { readonly count?: number } = {}) =>
  ({ kind: 'number', count: 1, ...more }) as const satisfies SysctlValue;

const TEXT = { kind: 'text' } as const satisfies SysctlValue;

/** What is not just any number. */
const SPECIAL: ReadonlyMap<string, SysctlValue> = new Map<string, SysctlValue>([
  ['net.core.rps_default_mask', TEXT],
  ['net.core.somaxconn', number({ min: 0, max: INT_MAX })],
  ['net.ipv4.ip_default_ttl', number({ min: 1, max: 255 })],
  ['net.ipv4.ip_local_port_range', number({ count: 2, min: 1, max: 65_535 })],
  ['net.ipv4.ip_local_reserved_ports', TEXT],
  ['net.ipv4.ip_unprivileged_port_start', number({ min: 0, max: 65_535 })],
  ['net.ipv4.ping_group_range', number({ count: 2 })],
  ['net.ipv4.tcp_adv_win_scale', number({ min: -31, max: 31 })],
  ['net.ipv4.tcp_congestion_control', TEXT],
  ['net.ipv4.tcp_fastopen_key', TEXT],
  ['net.ipv4.tcp_min_snd_mss', number({ min: 48, max: 65_535 })],
  ['net.ipv4.tcp_rmem', number({ count: 3, min: 1, max: INT_MAX })],
  ['net.ipv4.tcp_syn_retries', number({ min: 1, max: 127 })],
  ['net.ipv4.tcp_tw_reuse', number({ min: 0, max: 2 })],
  ['net.ipv4.tcp_wmem', number({ count: 3, min: 1, max: INT_MAX })],
  ['net.ipv4.route.flush', TEXT],
  ['net.ipv6.conf.*.stable_secret', TEXT],
  ['net.ipv6.icmp.ratemask', TEXT],
  ['net.mptcp.path_manager', TEXT],
  ['net.mptcp.scheduler', TEXT],
]);

/** What a pod's network namespace has on at least one of the kernels, and can write. */
const WRITABLE: readonly string[] = [
  ...SPECIAL.keys(),
  ...below('net.core', 'optmem_max tstamp_allow_data txrehash'),
  ...below('net.core', 'xfrm_acq_expires xfrm_aevent_etime xfrm_aevent_rseqth xfrm_larval_drop'),
  ...below(
    'net.bridge',
    `bridge-nf-call-arptables bridge-nf-call-ip6tables bridge-nf-call-iptables
    bridge-nf-filter-pppoe-tagged bridge-nf-filter-vlan-tagged bridge-nf-pass-vlan-input-dev`,
  ),
  ...below(
    'net.ipv4',
    `fib_multipath_hash_fields fib_multipath_hash_policy fib_multipath_hash_seed
    fib_multipath_use_neigh fib_notify_on_flag_change fwmark_reflect icmp_echo_enable_probe
    icmp_echo_ignore_all icmp_echo_ignore_broadcasts icmp_errors_use_inbound_ifaddr
    icmp_ignore_bogus_error_responses icmp_msgs_burst icmp_msgs_per_sec icmp_ratelimit
    icmp_ratemask igmp_link_local_mcast_reports igmp_max_memberships igmp_max_msf igmp_qrv
    ip_autobind_reuse ip_dynaddr ip_early_demux ip_forward ip_forward_update_priority
    ip_forward_use_pmtu ip_no_pmtu_disc ip_nonlocal_bind ipfrag_high_thresh ipfrag_low_thresh
    ipfrag_max_dist ipfrag_time nexthop_compat_mode raw_l3mdev_accept tcp_abort_on_overflow
    tcp_app_win tcp_autocorking tcp_backlog_ack_defer tcp_base_mss tcp_challenge_ack_limit
    tcp_child_ehash_entries tcp_comp_sack_delay_ns tcp_comp_sack_nr tcp_comp_sack_slack_ns
    tcp_dsack tcp_early_demux tcp_early_retrans tcp_ecn tcp_ecn_fallback tcp_ecn_option
    tcp_ecn_option_beacon tcp_fack tcp_fastopen tcp_fastopen_blackhole_timeout_sec
    tcp_fin_timeout tcp_frto tcp_fwmark_accept tcp_invalid_ratelimit tcp_keepalive_intvl
    tcp_keepalive_probes tcp_keepalive_time tcp_l3mdev_accept tcp_limit_output_bytes
    tcp_max_reordering tcp_max_syn_backlog tcp_max_tw_buckets tcp_migrate_req tcp_min_rtt_wlen
    tcp_min_tso_segs tcp_moderate_rcvbuf tcp_mtu_probe_floor tcp_mtu_probing
    tcp_no_metrics_save tcp_no_ssthresh_metrics_save tcp_notsent_lowat tcp_orphan_retries
    tcp_pacing_ca_ratio tcp_pacing_ss_ratio tcp_pingpong_thresh tcp_plb_cong_thresh
    tcp_plb_enabled tcp_plb_idle_rehash_rounds tcp_plb_rehash_rounds tcp_plb_suspend_rto_sec
    tcp_probe_interval tcp_probe_threshold tcp_recovery tcp_reflect_tos tcp_reordering
    tcp_retrans_collapse tcp_retries1 tcp_retries2 tcp_rfc1337 tcp_rto_max_ms tcp_rto_min_us
    tcp_sack tcp_shrink_window tcp_slow_start_after_idle tcp_stdurg tcp_syn_linear_timeouts
    tcp_synack_retries tcp_syncookies tcp_thin_linear_timeouts tcp_timestamps tcp_tso_rtt_log
    tcp_tso_win_divisor tcp_tw_reuse_delay tcp_window_scaling tcp_workaround_signed_windows
    udp_child_hash_entries udp_early_demux udp_l3mdev_accept udp_rmem_min udp_wmem_min
    xfrm4_gc_thresh`,
  ),
  ...below(
    'net.ipv4.conf.*',
    `accept_local accept_redirects accept_source_route arp_accept arp_announce
    arp_evict_nocarrier arp_filter arp_ignore arp_notify bc_forwarding bootp_relay
    disable_policy disable_xfrm drop_gratuitous_arp drop_unicast_in_l2_multicast
    force_igmp_version forwarding igmpv2_unsolicited_report_interval
    igmpv3_unsolicited_report_interval ignore_routes_with_linkdown log_martians mc_forwarding
    medium_id promote_secondaries proxy_arp proxy_arp_pvlan route_localnet rp_filter
    secure_redirects send_redirects shared_media src_valid_mark tag`,
  ),
  ...below('net.ipv4.route', 'min_adv_mss min_pmtu mtu_expires'),
  ...below(
    'net.ipv6',
    `anycast_src_echo_reply auto_flowlabels bindv6only fib_multipath_hash_fields
    fib_multipath_hash_policy fib_notify_on_flag_change flowlabel_consistency
    flowlabel_reflect flowlabel_state_ranges fwmark_reflect idgen_delay idgen_retries ioam6_id
    ioam6_id_wide ip6frag_high_thresh ip6frag_low_thresh ip6frag_time ip_nonlocal_bind
    max_dst_opts_length max_dst_opts_number max_hbh_length max_hbh_opts_number seg6_flowlabel
    xfrm6_gc_thresh`,
  ),
  ...below(
    'net.ipv6.conf.*',
    `accept_dad accept_ra accept_ra_defrtr accept_ra_from_local accept_ra_min_hop_limit
    accept_ra_min_lft accept_ra_mtu accept_ra_pinfo accept_ra_rt_info_max_plen
    accept_ra_rt_info_min_plen accept_ra_rtr_pref accept_redirects accept_source_route
    accept_untracked_na addr_gen_mode autoconf dad_transmits disable_ipv6 disable_policy
    drop_unicast_in_l2_multicast drop_unsolicited_na enhanced_dad force_forwarding
    force_mld_version force_tllao forwarding hop_limit ignore_routes_with_linkdown
    ioam6_enabled ioam6_id ioam6_id_wide keep_addr_on_down max_addresses max_desync_factor
    mc_forwarding mldv1_unsolicited_report_interval mldv2_unsolicited_report_interval mtu
    ndisc_evict_nocarrier ndisc_notify ndisc_tclass optimistic_dad proxy_ndp ra_defrtr_metric
    ra_honor_pio_life ra_honor_pio_pflag regen_max_retry regen_min_advance
    router_probe_interval router_solicitation_delay router_solicitation_interval
    router_solicitation_max_interval router_solicitations rpl_seg_enabled seg6_enabled
    seg6_require_hmac suppress_frag_ndisc temp_prefered_lft temp_valid_lft use_oif_addrs_only
    use_optimistic use_tempaddr`,
  ),
  ...below(
    'net.ipv6.icmp',
    'echo_ignore_all echo_ignore_anycast echo_ignore_multicast error_anycast_as_unicast ratelimit',
  ),
  ...below(
    'net.ipv6.route',
    `flush gc_elasticity gc_interval gc_min_interval gc_min_interval_ms gc_thresh gc_timeout
    max_size min_adv_mss mtu_expires skip_notify_on_dev_down`,
  ),
  ...['net.ipv4.neigh.*', 'net.ipv6.neigh.*'].flatMap((folder) =>
    below(
      folder,
      `anycast_delay app_solicit base_reachable_time base_reachable_time_ms
      delay_first_probe_time gc_stale_time interval_probe_time_ms locktime mcast_resolicit
      mcast_solicit proxy_delay proxy_qlen retrans_time retrans_time_ms ucast_solicit unres_qlen
      unres_qlen_bytes`,
    ),
  ),
  ...below(
    'net.mptcp',
    `add_addr_timeout allow_join_initial_addr_port blackhole_timeout checksum_enabled
    close_timeout enabled pm_type stale_loss_cnt syn_retrans_before_tcp_fallback`,
  ),
  ...below(
    'net.netfilter',
    `nf_conntrack_acct nf_conntrack_checksum nf_conntrack_dccp_loose nf_conntrack_events
    nf_conntrack_frag6_high_thresh nf_conntrack_frag6_low_thresh nf_conntrack_frag6_timeout
    nf_conntrack_generic_timeout nf_conntrack_gre_timeout nf_conntrack_gre_timeout_stream
    nf_conntrack_helper nf_conntrack_icmp_timeout nf_conntrack_icmpv6_timeout
    nf_conntrack_log_invalid nf_conntrack_sctp_timeout_closed
    nf_conntrack_sctp_timeout_cookie_echoed nf_conntrack_sctp_timeout_cookie_wait
    nf_conntrack_sctp_timeout_established nf_conntrack_sctp_timeout_heartbeat_sent
    nf_conntrack_sctp_timeout_shutdown_ack_sent nf_conntrack_sctp_timeout_shutdown_recd
    nf_conntrack_sctp_timeout_shutdown_sent nf_conntrack_tcp_be_liberal
    nf_conntrack_tcp_ignore_invalid_rst nf_conntrack_tcp_loose nf_conntrack_tcp_max_retrans
    nf_conntrack_tcp_timeout_close nf_conntrack_tcp_timeout_close_wait
    nf_conntrack_tcp_timeout_established nf_conntrack_tcp_timeout_fin_wait
    nf_conntrack_tcp_timeout_last_ack nf_conntrack_tcp_timeout_max_retrans
    nf_conntrack_tcp_timeout_syn_recv nf_conntrack_tcp_timeout_syn_sent
    nf_conntrack_tcp_timeout_time_wait nf_conntrack_tcp_timeout_unacknowledged
    nf_conntrack_timestamp nf_conntrack_udp_timeout nf_conntrack_udp_timeout_stream
    nf_hooks_lwtunnel`,
  ),
  'net.unix.max_dgram_qlen',
];

const VALUES: ReadonlyMap<string, SysctlValue> = new Map(
  WRITABLE.map((name) => [name, SPECIAL.get(name) ?? number()]),
);

/** The folders that have one folder for each interface. */
const OF_INTERFACES = /^(net\.ipv[46]\.(?:conf|neigh)\.)([^.]+)(\.[^.]+)$/;

/** Why no pod can set it; undefined when a pod can, on one kernel at least, or when it is not known. */
export const sysctlFate = (name: string): SysctlFate | undefined => FATES.get(name);

/** What a known setting takes; undefined when it is not known. */
export const sysctlValue = (name: string): SysctlValue | undefined =>
  VALUES.get(name) ?? VALUES.get(name.replace(OF_INTERFACES, '$1*$3'));

/** The interface of a setting, or what seems to be one; undefined for other settings. */
export const interfaceOf = (name: string): string | undefined => OF_INTERFACES.exec(name)?.[2];

/** What a pod can set, of an interface or, where it has them, of all. */
export const writableSysctls = (scope: string): readonly string[] =>
  WRITABLE.map((known) => known.replace('*', scope));
