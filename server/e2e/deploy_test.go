package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

var deploy = filepath.Join("..", "..", "docs", "deploy")

// TestKubernetes builds the manifests as kubectl does, and reads each strictly as what it
// says it is: a field that Kubernetes doesn't know, or of another type, is a mistake.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(deploy, "kubernetes"))
	if err != nil {
		t.Fatal(err)
	}
	var (
		deployment appsv1.Deployment
		service    corev1.Service
		scaler     autoscalingv2.HorizontalPodAutoscaler
		budget     policyv1.PodDisruptionBudget
		network    networkingv1.NetworkPolicy
	)
	kinds := map[string]any{"Deployment": &deployment, "Service": &service, "HorizontalPodAutoscaler": &scaler, "PodDisruptionBudget": &budget, "NetworkPolicy": &network}
	for _, made := range built.Resources() {
		text, err := made.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		into := kinds[made.GetKind()]
		if into == nil {
			t.Fatalf("unexpected: %s", made.GetKind())
		}
		delete(kinds, made.GetKind())
		if err := yaml.UnmarshalStrict(text, into); err != nil {
			t.Errorf("%s: %v", made.GetKind(), err)
		}
	}
	if len(kinds) > 0 {
		t.Fatalf("missing: %v", kinds)
	}
	pod := deployment.Spec.Template
	for what, selector := range map[string]map[string]string{
		"the deployment": deployment.Spec.Selector.MatchLabels, "the service": service.Spec.Selector,
		"the disruption budget": budget.Spec.Selector.MatchLabels, "the network policy": network.Spec.PodSelector.MatchLabels,
		"the spread": pod.Spec.TopologySpreadConstraints[0].LabelSelector.MatchLabels,
	} {
		if !reflect.DeepEqual(selector, pod.Labels) || len(selector) == 0 {
			t.Errorf("%s selects %v, the pods are %v", what, selector, pod.Labels)
		}
	}
	container := pod.Spec.Containers[0]
	ports := map[string]int32{}
	for _, p := range container.Ports {
		ports[p.Name] = p.ContainerPort
	}
	for _, probe := range []*corev1.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
		if ports[probe.HTTPGet.Port.StrVal] == 0 {
			t.Errorf("a probe asks port %s, which the pod has not", probe.HTTPGet.Port.StrVal)
		}
	}
	if target := service.Spec.Ports[0].TargetPort.StrVal; ports[target] == 0 {
		t.Errorf("the service leads to port %s, which the pod has not", target)
	}
	if ref := scaler.Spec.ScaleTargetRef; ref.Name != deployment.Name || ref.Kind != "Deployment" {
		t.Errorf("the scaler is of %v", ref)
	}
	limits := container.SecurityContext
	if !*pod.Spec.SecurityContext.RunAsNonRoot || !*limits.ReadOnlyRootFilesystem || *limits.AllowPrivilegeEscalation || !slices.Equal(limits.Capabilities.Drop, []corev1.Capability{"ALL"}) {
		t.Error("the pod may do more than it has to")
	}
	for _, e := range container.Env {
		if e.Name == "PAGERDUTY_USER_API_KEY" {
			t.Error("the key is in a variable, not in a file")
		}
	}
	starts(t, container.Args)
}

// starts runs the program with the arguments of a deployment, in which files are replaced
// by some that are there, and ports by free ones.
func starts(t *testing.T, args []string) {
	t.Helper()
	secrets := filepath.Join(t.TempDir(), "callers")
	if err := os.WriteFile(secrets, []byte("alice write secret-of-the-deployment-0123456789\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args = slices.Clone(args)
	for i, a := range args {
		switch name, _, _ := strings.Cut(a, "="); name {
		case "--auth-token-file":
			args[i] = name + "=" + secrets
		case "--metrics-address":
			args[i] = name + "=127.0.0.1:0"
		case "--port":
			args[i] = name + "=0"
		case "--host":
			args[i] = name + "=127.0.0.1"
		}
	}
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--port") }) {
		args = append(args, "--port=0")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	command := exec.CommandContext(ctx, builtBinary(t), append(args, "--transport=http", "--sandbox")...)
	stderr, err := command.StderrPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	served := regexp.MustCompile(`msg":?=?"?serving"`)
	var log bytes.Buffer
	for buffer := make([]byte, 4096); !served.Match(log.Bytes()); {
		n, err := stderr.Read(buffer)
		log.Write(buffer[:n])
		if err != nil {
			t.Errorf("%v does not serve: %s", args, &log)
			break
		}
	}
	cancel()
	_ = command.Wait()
}

// TestCompose reads the Compose file as docker compose does.
func TestCompose(t *testing.T) {
	t.Parallel()
	options, err := cli.NewProjectOptions([]string{filepath.Join(deploy, "compose.yaml")}, cli.WithName("deploy"))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	service := project.Services["pagerduty-mcp"]
	if service.Image != "ghcr.io/pagerduty/pagerduty-mcp:latest" || !service.ReadOnly || service.User != "65532:65532" || len(service.Secrets) != 2 {
		t.Errorf("%+v", service)
	}
	for _, p := range service.Ports {
		if p.HostIP != "127.0.0.1" {
			t.Errorf("%s is published beyond this machine", fmt.Sprint(p.Published))
		}
	}
	starts(t, service.Command)
}
