package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// settle gives every flag that was not on the command line its value from the environment, or else from the
// configuration file.
func settle(cmd *cobra.Command, _ []string) error {
	flags := cmd.Flags()
	if err := fromEnvironment(flags.Lookup("config")); err != nil {
		return err
	}
	file, err := readConfig(cmd)
	if err != nil {
		return err
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if err == nil && f.Name != "help" && f.Name != "version" {
			err = settleFlag(f, file)
		}
	})
	return err
}

func settleFlag(f *pflag.Flag, file map[string]any) error {
	if err := fromEnvironment(f); err != nil || f.Changed {
		return err
	}
	value, ok := file[f.Name]
	if !ok {
		return nil
	}
	for _, text := range texts(value) {
		if err := set(f, text); err != nil {
			return usagef("configuration key %s: %w", f.Name, err)
		}
	}
	return nil
}

// variable is the name of a flag's environment variable.
func variable(flag string) string {
	return "INGEST_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func fromEnvironment(f *pflag.Flag) error {
	value, ok := os.LookupEnv(variable(f.Name))
	if !ok || f.Changed {
		return nil
	}
	if err := set(f, value); err != nil {
		return usagef("variable %s: %w", variable(f.Name), err)
	}
	return nil
}

func set(f *pflag.Flag, text string) error {
	if err := f.Value.Set(text); err != nil {
		return err
	}
	f.Changed = true
	return nil
}

// texts is a YAML value as a flag would be given it: a list is the flag repeated.
func texts(value any) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{fmt.Sprint(value)}
	}
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

// readConfig reads the file that --config names. A key that no command has is a mistake; one that only another
// command has is none, so that one file can serve all.
func readConfig(cmd *cobra.Command) (map[string]any, error) {
	path := cmd.Flags().Lookup("config").Value.String()
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("no configuration file %q: check --config", path)
	}
	if err != nil {
		return nil, usagef("read configuration: %w", err)
	}
	var file map[string]any
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, usagef("configuration file %q: %w", path, err)
	}
	known := allFlags(cmd.Root())
	for key := range file {
		if !slices.Contains(known, key) {
			return nil, usagef("configuration file %q: unknown key %q%s", path, key, didYouMean(key, known))
		}
	}
	return file, nil
}

// allFlags lists the flags of a command and of all below it.
func allFlags(cmd *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, f.Name) }
	cmd.PersistentFlags().VisitAll(add)
	cmd.Flags().VisitAll(add)
	for _, c := range cmd.Commands() {
		names = append(names, allFlags(c)...)
	}
	return names
}
