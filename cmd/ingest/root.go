package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// version is set by the linker for a release.
var version = "devel"

const rootHelp = `ingest moves the files that a manifest names into an object store: Alibaba
Cloud OSS, any store that speaks S3, or a directory. It sends them in parts, in
parallel, proves each by checksum, and remembers in a journal what is done.
Whatever happens, run the same command again until it exits 0.

  ingest manifest /data > data.jsonl                  # which files
  ingest plan data.jsonl --root /data --to oss://b/   # what would happen
  ingest run  data.jsonl --root /data --to oss://b/   # make it happen; or resume

Keys come from the environment: OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET for
oss://, the usual AWS variables, profiles and roles for s3://. Every flag is
also a variable (INGEST_PART_SIZE for --part-size) and a key of the YAML file
that --config names; a flag beats a variable, a variable beats the file.

Exit codes: 0 all done and verified, 1 some rows failed, 2 wrong usage, 3
stopped before the end, 4 the journal cannot be used, 5 the manifest is wrong,
6 the store refuses. After 1, 3, 4 and 6 the same command goes on.`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:               "ingest",
		Short:             "Move mountains of files into object storage, surely",
		Long:              rootHelp,
		Version:           version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: settle,
		RunE:              unknownCommand,
		Args:              cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().String("config", "", "take flags from this YAML `FILE`")
	root.PersistentFlags().String("log-level", "info", "least `LEVEL` to log on stderr: debug, info, warn, error")
	root.PersistentFlags().String("log-format", "text", "`FORMAT` of the log: text or json")
	root.AddCommand(newRun(), newPut(), newPlan(), newVerify(), newManifest(), newServe(), newJournal(), newUploads(), newWhoami(),
		newBench(), newTune(), newAdopt())
	return root
}

// exactly wants n arguments of the names given, and says which is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usagef("%s wants %s: see %q", cmd.CommandPath(), names[len(args)], cmd.CommandPath()+" --help")
		case len(args) > len(names):
			return usagef("%s takes no argument %q: see %q", cmd.CommandPath(), args[len(names)], cmd.CommandPath()+" --help")
		}
		return nil
	}
}

func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return usagef("unknown command %q%s; %q lists the commands", args[0], didYouMean(args[0], names), cmd.CommandPath()+" --help")
}

// flagError adds to pflag's complaint the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	missing, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usagef("%w; see %q", err, cmd.CommandPath()+" --help")
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	given := "--" + missing.GetSpecifiedName()
	return usagef("unknown flag %s%s; %q lists the flags", given, didYouMean(given, names), cmd.CommandPath()+" --help")
}

// didYouMean returns a question with the name nearest to what was given, or nothing if none is near.
func didYouMean(given string, names []string) string {
	best, least := "", 1+len(given)/3
	for _, name := range names {
		if d := distance(given, name); d <= least && (best == "" || d < least) {
			best, least = name, d
		}
		if best == "" && len(given) > 3 && strings.HasPrefix(name, given) {
			best = name
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}

// distance is Levenshtein's: how many letters to insert, drop or change to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
