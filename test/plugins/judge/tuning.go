package main

// Placed beside the sources of tuning, which keeps the names of sysctls that it has read, and refuses
// a second one of the same name.

var _ = func() bool {
	judgedForget = func() { sysctlDuplicatesMap = map[sysctlKey]interface{}{} }
	return true
}()
