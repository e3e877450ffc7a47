using System.Numerics;
using System.Runtime.InteropServices;
using FastTrainLog.Series;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Statistics;

/// <summary>The median and the median absolute deviation of the latest values.</summary>
internal sealed class RobustWindow(int size)
{
    private readonly double[] _ring = new double[size];
    private readonly double[] _sorted = new double[size];
    private int _next;

    public int Count { get; private set; }

    public double Median => Quantile.Of(_sorted.AsSpan(0, Count), 0.5);

    /// <summary>Adds a finite value, which replaces the oldest.</summary>
    public void Add(double value)
    {
        int length = Count;
        if (Count == size)
        {
            int gone = NumberBelow(_sorted.AsSpan(0, length), _ring[_next]);
            Array.Copy(_sorted, gone + 1, _sorted, gone, length - gone - 1);
            length--;
        }
        else
        {
            Count++;
        }

        int at = NumberBelow(_sorted.AsSpan(0, length), value);
        Array.Copy(_sorted, at, _sorted, at + 1, length - at);
        _sorted[at] = value;
        _ring[_next] = value;
        _next = _next + 1 == size ? 0 : _next + 1;
    }

    public void Carry(StateCodec codec)
    {
        codec.Values(_ring.AsSpan());
        codec.Values(_sorted.AsSpan());
        codec.Value(ref _next);
        Count = codec.Value(Count);
    }

    // Where a value is among the sorted ones. They are so few that comparing all of them takes less time than the mispredicted branches of a search.
    private static int NumberBelow(ReadOnlySpan<double> sorted, double value)
    {
        Vector<long> below = Vector<long>.Zero;
        var values = new Vector<double>(value);
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(sorted);
        foreach (Vector<double> vector in vectors)
        {
            below -= Vector.LessThan(vector, values);
        }

        int number = (int)Vector.Sum(below);
        foreach (double rest in sorted[(vectors.Length * Vector<double>.Count)..])
        {
            number += rest < value ? 1 : 0;
        }

        return number;
    }

    /// <summary>Returns the median of the distances from the median.</summary>
    public double MedianAbsoluteDeviation()
    {
        // The distances increase from the middle to both ends, so the smaller half of them is found from the middle outwards.
        double median = Median;
        int below = (Count - 1) / 2;
        int above = below + 1;
        double distance = 0.0;
        double before = 0.0;
        for (int taken = 0; taken <= Count / 2; taken++)
        {
            before = distance;
            double left = below >= 0 ? median - _sorted[below] : double.PositiveInfinity;
            double right = above < Count ? _sorted[above] - median : double.PositiveInfinity;
            distance = Math.Min(left, right);
            if (left <= right)
            {
                below--;
            }
            else
            {
                above++;
            }
        }

        return Count % 2 == 1 ? distance : (before + distance) / 2.0;
    }
}
