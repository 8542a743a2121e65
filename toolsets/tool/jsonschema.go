package tool

import (
	"encoding/json"
	"fmt"
)

// schema writes the JSON Schema of o in the subset that every MCP client
// accepts: plain types, no references, no unions, no null.
func (o *object) schema() json.RawMessage {
	var d document
	o.write(&d)
	return d.Bytes() // names and texts: what can't be encoded can't be in it
}

func (o *object) write(d *document) {
	d.WriteString(`{"type":"object","properties":{`)
	var required []string
	for i, f := range o.fields {
		if f.hidden {
			continue
		}
		if i > 0 {
			d.WriteByte(',')
		}
		d.value(f.name)
		d.WriteByte(':')
		f.write(d)
		if f.required {
			required = append(required, f.name)
		}
	}
	d.WriteByte('}')
	if len(required) > 0 {
		d.WriteString(`,"required":`)
		d.value(required)
	}
	d.WriteByte('}')
}

func (f field) write(d *document) {
	f.value.write(d)
	d.Truncate(d.Len() - 1) // reopen the object for the field's own keywords
	if f.doc != "" {
		d.WriteString(`,"description":`)
		d.value(f.doc)
	}
	if f.def != "" {
		d.WriteString(`,"default":` + f.def)
	}
	d.WriteByte('}')
}

func (v value) write(d *document) {
	if v.members != nil {
		v.members.write(d)
		return
	}
	fmt.Fprintf(&d.Buffer, `{"type":%q`, v.form)
	if v.enum != nil {
		d.WriteString(`,"enum":`)
		d.value(v.enum)
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
