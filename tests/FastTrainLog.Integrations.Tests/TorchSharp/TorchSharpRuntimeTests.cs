using TorchSharp;
using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

public sealed class TorchSharpRuntimeTests
{
    [Fact]
    public void TorchSharp_of_the_pinned_version_computes_a_gradient_here()
    {
        using var weight = torch.nn.Parameter(torch.tensor(new[] { 3f, -4f }));
        using var loss = weight.pow(2).sum();
        loss.backward();

        Assert.Equal([6f, -8f], weight.grad!.data<float>().ToArray());
    }
}
