// Reads Go structs in a module's sources and prints what encoding/json decodes into them.
//
//	go run structs.go MODULE_FOLDER MODULE_PATH FOLDER:STRUCT...
//
// One JSON object on stdout: for each FOLDER:STRUCT its fields by their JSON names.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// Shape is the JSON type of a field, in the words of the catalogue; `foreign` when its type is
// declared in another module.
type Shape struct {
	Type   string           `json:"type"`
	Items  *Shape           `json:"items,omitempty"`
	Values *Shape           `json:"values,omitempty"`
	Fields map[string]Shape `json:"fields,omitempty"`
}

type declaration struct {
	spec *ast.TypeSpec
	in   *folder
	file *ast.File
}

type folder struct{ types map[string]declaration }

type module struct {
	root, path string
	folders    map[string]*folder
}

func main() {
	m := module{root: os.Args[1], path: os.Args[2], folders: map[string]*folder{}}
	found := map[string]map[string]Shape{}
	for _, wanted := range os.Args[3:] {
		path, name, _ := strings.Cut(wanted, ":")
		declared, ok := m.folder(path).types[name]
		if !ok {
			fail("%s has no type %s", path, name)
		}
		found[wanted] = m.shape(declared.spec.Type, declared, 0).Fields
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		fail("%v", err)
	}
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func (m *module) folder(path string) *folder {
	if known, ok := m.folders[path]; ok {
		return known
	}
	found := &folder{types: map[string]declaration{}}
	m.folders[path] = found
	files, _ := filepath.Glob(filepath.Join(m.root, path, "*.go"))
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			fail("%v", err)
		}
		for _, general := range file.Decls {
			group, ok := general.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range group.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					found.types[spec.Name.Name] = declaration{spec, found, file}
				}
			}
		}
	}
	return found
}

const maxDepth = 8

func (m *module) shape(expression ast.Expr, at declaration, depth int) Shape {
	if depth > maxDepth {
		return Shape{Type: "foreign"}
	}
	switch of := expression.(type) {
	case *ast.StarExpr:
		return m.shape(of.X, at, depth)
	case *ast.ArrayType:
		items := m.shape(of.Elt, at, depth+1)
		return Shape{Type: "array", Items: &items}
	case *ast.MapType:
		values := m.shape(of.Value, at, depth+1)
		return Shape{Type: "object", Values: &values}
	case *ast.StructType:
		return Shape{Type: "object", Fields: m.fields(of, at, depth)}
	case *ast.Ident:
		if basic, ok := basics[of.Name]; ok {
			return Shape{Type: basic}
		}
		if declared, ok := at.in.types[of.Name]; ok {
			return m.shape(declared.spec.Type, declared, depth+1)
		}
	case *ast.SelectorExpr:
		if declared, ok := m.imported(of, at); ok {
			return m.shape(declared.spec.Type, declared, depth+1)
		}
	}
	return Shape{Type: "foreign"}
}

var basics = map[string]string{
	"string": "string", "bool": "boolean",
	"int": "integer", "int32": "integer", "int64": "integer",
	"uint": "integer", "uint32": "integer", "uint64": "integer",
	"float32": "number", "float64": "number",
}

// The type behind package.Name, when the package is one of the module.
func (m *module) imported(selector *ast.SelectorExpr, at declaration) (declaration, bool) {
	name, ok := selector.X.(*ast.Ident)
	if !ok {
		return declaration{}, false
	}
	for _, spec := range at.file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		called := filepath.Base(path)
		if spec.Name != nil {
			called = spec.Name.Name
		}
		inModule, isOurs := strings.CutPrefix(path, m.path+"/")
		if called == name.Name && isOurs {
			declared, ok := m.folder(inModule).types[selector.Sel.Name]
			return declared, ok
		}
	}
	return declaration{}, false
}

func (m *module) fields(of *ast.StructType, at declaration, depth int) map[string]Shape {
	found := map[string]Shape{}
	for _, field := range of.Fields.List {
		tag := ""
		if field.Tag != nil {
			text, _ := strconv.Unquote(field.Tag.Value)
			tag, _, _ = strings.Cut(reflect.StructTag(text).Get("json"), ",")
		}
		shape := m.shape(field.Type, at, depth+1)
		if len(field.Names) == 0 && tag == "" {
			// An embedded struct of the module; the runtime's, of another one, is not the plugin's own.
			for name, inner := range shape.Fields {
				if _, isHidden := found[name]; !isHidden {
					found[name] = inner
				}
			}
			continue
		}
		if tag == "-" {
			continue
		}
		for _, name := range field.Names {
			if !name.IsExported() {
				continue
			}
			if tag == "" {
				tag = name.Name
			}
			found[tag] = shape
		}
	}
	return found
}
