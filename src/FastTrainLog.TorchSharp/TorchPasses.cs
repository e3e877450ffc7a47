using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Gradients;

/// <summary>The two passes by torch's own operators, for gradients on a device that this library's kernels cannot run on.</summary>
/// <remarks>
/// About a dozen operators per layer reduce it to five figures; those of all layers are copied to the host together, which waits for the device. It runs on the
/// thread that clips, in its own dispose scope.
/// </remarks>
internal sealed class TorchPasses(Parameter[] parameters) : IGradientPasses
{
    private const int Figures = 5;

    private readonly DistinctGradients _list = new();

    /// <inheritdoc/>
    public LayerStatistics[] Layers { get; } = new LayerStatistics[parameters.Length];

    /// <inheritdoc/>
    public void Use(ReadOnlySpan<GradientBuffer> gradients) => _list.Take(gradients, gradients.IsEmpty ? GradientDevice.Cpu : gradients[0].Device);

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
            GradientBuffer counted = _list.Counted[i];
            if (counted.Count > 0)
            {
                layer = Describe(figures.AsSpan(next, Figures));
                layer.Elements = counted.Count;
                next += Figures;
            }

            if (!layer.Finite && firstNonFinite < 0)
            {
                firstNonFinite = i;
            }

            total.Add(layer);
            Layers[i] = LayerStatistics.Of(counted.Name, counted.Type, layer, inverseScale);
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
            Rewrite own = rewrite with { Factor = Layers[i].Scale * rewrite.Factor.Value };
            if (_list.Counted[i].Count > 0 && parameters[i].grad is { } gradient && !own.ChangesNothing)
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
        if (rewrite.Factor.IsPlain && float.IsNormal((float)rewrite.Factor.Value))
        {
            gradient.mul_(rewrite.Factor.Value);
        }
        else
        {
            gradient.copy_(rewrite.Factor.Times(gradient.to_type(torch.ScalarType.Float64), static (tensor, factor) => tensor.mul(factor)));
        }

        if (double.IsFinite(rewrite.ClampAt))
        {
            gradient.clamp_(-rewrite.ClampAt, rewrite.ClampAt);
        }

        // The multiplication may have left the type's range.
        if (rewrite.Sanitize)
        {
            gradient.nan_to_num_(0.0, 0.0, 0.0);
        }
    }

    private double[] ReadFigures()
    {
        var measured = new List<torch.Tensor>(parameters.Length);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (_list.Counted[i].Count > 0)
            {
                measured.Add(Measure(parameters[i].grad!));
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
