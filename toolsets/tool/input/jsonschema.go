package input

import (
	"encoding/json"
	"fmt"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Schema writes the JSON Schema of o in the subset that every MCP client
// accepts: plain types, no references, no unions, no null.
func (o *Object) Schema() json.RawMessage {
	var d wording.Document
	o.write(&d)
	return d.Bytes() // names and texts: what can't be encoded can't be in it
}

func (o *Object) write(d *wording.Document) {
	d.WriteString(`{"type":"object","properties":{`)
	var required []string
	shown := 0
	for _, f := range o.Fields {
		if f.hidden {
			continue
		}
		if shown++; shown > 1 {
			d.WriteByte(',')
		}
		d.Value(f.Name)
		d.WriteByte(':')
		f.write(d)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	d.WriteByte('}')
	if len(required) > 0 {
		d.WriteString(`,"required":`)
		d.Value(required)
	}
	d.WriteByte('}')
}

func (f Field) write(d *wording.Document) {
	f.value.write(d)
	d.Truncate(d.Len() - 1) // reopen the object for the field's own keywords
	if f.doc != "" {
		d.WriteString(`,"description":`)
		d.Value(f.doc)
	}
	if f.def != "" {
		d.WriteString(`,"default":` + f.def)
	}
	d.WriteByte('}')
}

func (v value) write(d *wording.Document) {
	if v.members != nil {
		v.members.write(d)
		return
	}
	fmt.Fprintf(&d.Buffer, `{"type":%q`, v.form)
	if v.enum != nil {
		d.WriteString(`,"enum":`)
		listed := v.listed
		if listed == nil {
			listed = v.enum
		}
		d.Value(listed)
	}
	if v.item != nil {
		d.WriteString(`,"items":`)
		v.item.write(d)
	}
	if v.form == integerForm {
		if v.min != nil {
			fmt.Fprintf(&d.Buffer, `,"minimum":%d`, *v.min)
		}
		if v.max != nil {
			fmt.Fprintf(&d.Buffer, `,"maximum":%d`, *v.max)
		}
	}
	d.WriteByte('}')
}
