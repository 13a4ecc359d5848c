return { personas = { idle = { share = 1 } } }
