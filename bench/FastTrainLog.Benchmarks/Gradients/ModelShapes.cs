namespace FastTrainLog.Benchmarks.Gradients;

/// <summary>The lengths of the parameters of known models, in the order in which the models list them.</summary>
internal static class ModelShapes
{
    /// <summary>ResNet-50 for ImageNet (He et al. 2015): 161 tensors, 25,557,032 elements.</summary>
    public static int[] ResNet50()
    {
        var lengths = new List<int>();
        void Convolution(int from, int to, int kernel) => lengths.AddRange([from * to * kernel * kernel, to, to]);

        Convolution(3, 64, 7);
        int input = 64;
        foreach ((int blocks, int width) in new[] { (3, 64), (4, 128), (6, 256), (3, 512) })
        {
            for (int block = 0; block < blocks; block++)
            {
                Convolution(input, width, 1);
                Convolution(width, width, 3);
                Convolution(width, 4 * width, 1);
                if (block == 0)
                {
                    Convolution(input, 4 * width, 1);
                }

                input = 4 * width;
            }
        }

        lengths.AddRange([2048 * 1000, 1000]);
        return [.. lengths];
    }

    /// <summary>GPT-2 small (Radford et al. 2019): 148 tensors, 124,439,808 elements.</summary>
    public static int[] Gpt2Small()
    {
        const int Width = 768;
        var lengths = new List<int> { 50_257 * Width, 1024 * Width };
        for (int block = 0; block < 12; block++)
        {
            lengths.AddRange([Width, Width, 3 * Width * Width, 3 * Width, Width * Width, Width]);
            lengths.AddRange([Width, Width, 4 * Width * Width, 4 * Width, 4 * Width * Width, Width]);
        }

        lengths.AddRange([Width, Width]);
        return [.. lengths];
    }

    /// <summary>A perceptron of twenty layers of 126 on 128: 40 tensors, 325,080 elements, 1.3 MB.</summary>
    public static int[] FortySmallTensors()
        => [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 126 * 128 : 126)];
}
