package daemon

// Placed beside the sources of Terway's daemon: opens the part of its start that reads texts of
// eni_conf, for the judge.

import (
	"github.com/AliyunContainerService/terway/pkg/aliyun/client"
	config "github.com/AliyunContainerService/terway/types/daemon"
)

// JudgePool makes the pool's settings as on an instance of usual size.
func JudgePool(c *config.Config) error {
	_, err := getPoolConfig(c, config.ModeENIMultiIP, &client.Limits{Adapters: 4, IPv4PerAdapter: 10})
	return err
}
