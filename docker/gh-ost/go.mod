module alterwise.local/gh-ost

go 1.25.9

require github.com/github/gh-ost v1.1.10
