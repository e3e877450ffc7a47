using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Gradients;

/// <summary>The two passes by torch's own operators, for gradients on a device that this library's kernels cannot run on.</summary>
/// <remarks>
/// A dozen operators a layer reduce it to five figures; those of all layers come to the host in one copy, which waits for the device. It works on the
/// thread that clips, in a dispose scope of its own.
/// </remarks>
internal sealed class TorchPasses(Parameter[] parameters, string[] names) : IGradientPasses
{
    private const int Figures = 5;

    /// <inheritdoc/>
    public LayerStatistics[] Layers { get; } = new LayerStatistics[parameters.Length];

    /// <inheritdoc/>
    public Partial Read(double inverseScale, out int firstNonFinite)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable noGradients = torch.no_grad();
        double[] figures = ReadFigures();
        Partial total = default;
        firstNonFinite = -1;
        int next = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            Partial layer = default;
            if (parameters[i].grad is { } gradient && gradient.numel() > 0)
            {
                layer = Describe(figures.AsSpan(next, Figures));
                layer.Elements = gradient.numel();
                next += Figures;
            }

            if (!layer.Finite && firstNonFinite < 0)
            {
                firstNonFinite = i;
            }

            total.Add(layer);
            Layers[i] = LayerStatistics.Of(names[i], layer, inverseScale);
        }

        return total;
    }

    /// <inheritdoc/>
    public void Write(in Rewrite rewrite)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable noGradients = torch.no_grad();
        for (int i = 0; i < parameters.Length; i++)
        {
            Rewrite own = rewrite with { Factor = rewrite.Factor * Layers[i].Coefficient };
            if (parameters[i].grad is { } gradient && !own.ChangesNothing)
            {
                Write(gradient, own);
            }
        }
    }

    private static void Write(torch.Tensor gradient, in Rewrite rewrite)
    {
        if (rewrite.Zero)
        {
            gradient.zero_();
            return;
        }

        if (rewrite.Sanitize)
        {
            gradient.nan_to_num_(0.0, 0.0, 0.0);
        }

        // A factor below float32's normal range, as for gradients near 1e38, would lose its digits in the operator.
        if (float.IsNormal((float)rewrite.Factor))
        {
            gradient.mul_(rewrite.Factor);
        }
        else
        {
            gradient.copy_(gradient.to_type(torch.ScalarType.Float64).mul(rewrite.Factor));
        }

        if (double.IsFinite(rewrite.ClampAt))
        {
            gradient.clamp_(-rewrite.ClampAt, rewrite.ClampAt);
        }
    }

    private double[] ReadFigures()
    {
        var measured = new List<torch.Tensor>(parameters.Length);
        foreach (Parameter parameter in parameters)
        {
            if (parameter.grad is { } gradient && gradient.numel() > 0)
            {
                measured.Add(Measure(gradient));
            }
        }

        return measured.Count == 0 ? [] : torch.cat(measured).cpu().data<double>().ToArray();
    }

    // Elements are divided by the largest before they are squared, so that no square leaves the range of a double.
    private static torch.Tensor Measure(torch.Tensor gradient)
    {
        torch.Tensor finite = gradient.to_type(torch.ScalarType.Float64).nan_to_num(0.0, 0.0, 0.0);
        torch.Tensor largest = finite.abs().max();
        torch.Tensor squares = finite.div(largest.clamp(min: double.Epsilon)).square().sum();
        return torch.stack([largest, squares, Count(gradient.isnan()), Count(gradient.isinf()), Count(gradient.eq(0.0))]);
    }

    private static torch.Tensor Count(torch.Tensor which) => which.sum(torch.ScalarType.Float64);

    private static Partial Describe(ReadOnlySpan<double> figures)
    {
        Partial layer = Partial.OfRelative(figures[0], figures[1]);
        (layer.NaNs, layer.Infinities, layer.Zeros) = ((long)figures[2], (long)figures[3], (long)figures[4]);
        return layer;
    }
}
