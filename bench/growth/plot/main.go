// Command plot draws what the program growth measured: CPU time per object and per GiB, as the work grows.
//
//	go run ./bench/growth/plot bench/growth.csv > bench/growth.svg
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
)

// point is one size of the work.
type point struct {
	n                float64
	mid, least, most float64 // CPU seconds per unit
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: plot growth.csv > growth.svg")
		os.Exit(2)
	}
	svg, err := draw(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
	_, _ = os.Stdout.Write(svg) // a reader that is gone needs no picture
}

func draw(path string) ([]byte, error) {
	units, err := load(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, header, width, 2*panelHeight)
	panel{top: 0, title: "CPU time per object of 4 KiB", unit: "objects", scale: 1e6, y: "µs", points: units["objects"]}.draw(&b)
	panel{top: panelHeight, title: "CPU time per GiB of large files", unit: "GiB", scale: 1e3, y: "ms", points: units["gib"]}.draw(&b)
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// load reads the points of each unit.
func load(path string) (map[string][]point, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, fmt.Errorf("%s holds no table: %w", path, err)
	}
	units := map[string][]point{}
	for _, line := range lines[1:] {
		p, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		units[line[0]] = append(units[line[0]], p)
	}
	return units, nil
}

func parse(line []string) (p point, err error) {
	for i, to := range []*float64{&p.n, &p.mid, &p.least, &p.most} {
		if *to, err = strconv.ParseFloat(line[i+1], 64); err != nil {
			return p, err
		}
	}
	return p, nil
}
