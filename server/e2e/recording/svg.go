package recording

import (
	"bytes"
	"fmt"
	"slices"
	"time"
)

// Draw is an animated picture of the frames, one after the other, over and over. Where
// nothing moves, by a person's wish or for want of CSS, it is the last one.
func Draw(frames []Frame) []byte {
	width, height := 2*margin+columns*cellWidth, bar+margin+lines*cellHeight
	var total time.Duration
	for _, f := range frames {
		total += f.last
	}
	var b, rows, shown bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" xml:space="preserve" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="%s">`+"\n",
		width, height, width, height, foreground)
	b.WriteString("<title>An outage, found at a terminal</title>\n<style>\ntext { white-space: pre }\n@media (prefers-reduced-motion: no-preference) {\n")
	var seen []string // rows that are there already
	begun := time.Duration(0)
	for n, f := range frames {
		from, to := 100*begun.Seconds()/total.Seconds(), 100*(begun+f.last).Seconds()/total.Seconds()
		begun += f.last
		if len(frames) > 1 {
			fmt.Fprintf(&b, "#f%d { animation: k%d %.2fs step-end infinite }\n", n, n, total.Seconds())
			fmt.Fprintf(&b, "@keyframes k%d { %s%.3f%% { visibility: visible } %s }\n", n, before(from), from, after(to))
		}
		look := ` visibility="hidden"`
		if n == len(frames)-1 {
			look = ""
		}
		fmt.Fprintf(&shown, `<g id="f%d"%s>`, n, look)
		for y, row := range f.rows {
			if row == "" {
				continue
			}
			i := slices.Index(seen, row)
			if i < 0 {
				i = len(seen)
				seen = append(seen, row)
				fmt.Fprintf(&rows, `<g id="r%d">%s</g>`+"\n", i, row)
			}
			fmt.Fprintf(&shown, `<use href="#r%d" y="%.0f"/>`, i, bar+float64(y)*cellHeight)
		}
		shown.WriteString("</g>\n")
	}
	b.WriteString("}\n</style>\n<defs>\n")
	b.Write(rows.Bytes())
	b.WriteString("</defs>\n")
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%.0f" height="%.0f" rx="8" fill="%s" stroke="#444c56"/>`+"\n", width-1, height-1, background)
	for i, fill := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="15" r="5" fill="%s"/>`+"\n", 20+18*i, fill)
	}
	b.Write(shown.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// before hides a frame until its time comes.
func before(from float64) string {
	if from == 0 {
		return ""
	}
	return "0% { visibility: hidden } "
}

// after hides a frame when its time is over.
func after(to float64) string {
	if to > 99.999 {
		return "100% { visibility: visible }"
	}
	return fmt.Sprintf("%.3f%%, 100%% { visibility: hidden }", to)
}
