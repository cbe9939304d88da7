//go:build tools

// Package tools keeps gh-ost's command among the requirements of this module, which has no code of its own.
package tools

import _ "github.com/github/gh-ost/go/cmd/gh-ost"
